//! `expires_in` in all the forms that servers write it in: 3600, "3600", 3600.0, 3.6e3. What the number means is `slot`'s
//! affair.

/// Whole seconds of a JSON number (RFC 8259 §6): what is below zero is 0, what is too large `u32::MAX`.
pub(super) fn read(number: &[u8]) -> u32 {
    // So many digits stand before the point, and so many places the exponent moves it.
    let (mut places, mut place, mut power, mut sign) = (0_i32, 1, 0_i32, 0);
    for byte in number {
        match byte {
            b'-' if sign == 0 => return 0,
            b'-' => sign = -1,
            b'.' => place = 0,
            b'e' | b'E' => sign = 1,
            b'+' => {}
            _ if sign == 0 => places = places.wrapping_add(place),
            // Stops where it makes no difference any more.
            digit => power = power.wrapping_mul(10).wrapping_add((digit & 0x0f).into()).min(1 << 26),
        }
    }
    places = places.wrapping_add(power.wrapping_mul(sign));
    let (mut seconds, mut rest) = (0_u32, number);
    while places > 0 {
        let digit = match rest {
            [b'.', after @ ..] => {
                rest = after;
                continue;
            }
            [digit @ b'0'..=b'9', after @ ..] => {
                rest = after;
                digit & 0x0f
            }
            _ if seconds == 0 => return 0,
            _ => 0,
        };
        let Some(longer) = seconds.checked_mul(10).and_then(|tens| tens.checked_add(digit.into())) else {
            return u32::MAX;
        };
        (seconds, places) = (longer, places.wrapping_sub(1));
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::response::json::is_number;

    #[test]
    fn every_form() {
        for (text, seconds) in [
            ("3600", Some(3600)),
            ("3600.0", Some(3600)),
            ("3600.9", Some(3600)),
            ("3600.000000000000000000", Some(3600)),
            ("3.6e3", Some(3600)),
            ("36E+2", Some(3600)),
            ("360000e-2", Some(3600)),
            ("0.36e4", Some(3600)),
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-1", Some(0)),
            ("0.5", Some(0)),
            ("5e-9999999999999", Some(0)),
            ("4294967295", Some(u32::MAX)),
            ("4294967294.99", Some(u32::MAX - 1)),
            ("4294967296", Some(u32::MAX)),
            ("42949672961e-1", Some(u32::MAX)),
            ("42949672941e-1", Some(u32::MAX - 1)),
            ("4294967296.05", Some(u32::MAX)),
            ("4294967296.5e-1", Some(429_496_729)),
            ("0000000000000000000000", None),
            ("18446744073709551616", Some(u32::MAX)),
            ("1e99999999999999999999", Some(u32::MAX)),
            ("0e99999999999999999999", Some(0)),
            ("42949672.95e2", Some(u32::MAX)),
            ("0.0000000000000001e16", Some(1)),
            ("", None),
            ("-", None),
            (".5", None),
            ("5.", None),
            ("05", None),
            ("5e", None),
            ("5 ", None),
            ("+5", None),
            ("0x10", None),
            ("1e5e5", None),
            ("1.2.3", None),
        ] {
            let number = is_number(&mut text.as_bytes().to_vec());
            assert_eq!(number.then(|| read(text.as_bytes())), seconds, "{text}");
        }
    }
}
