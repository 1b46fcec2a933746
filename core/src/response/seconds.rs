//! `expires_in` in all the forms that servers write it in: 3600, "3600", 3600.0, 3.6e3. What the number means is `slot`'s
//! affair.

/// Whole seconds of a JSON number (RFC 8259 §6): what is below zero is 0, what is too large `u32::MAX`.
pub(super) fn read(number: &[u8]) -> u32 {
    if number.first() == Some(&b'-') {
        return 0;
    }
    let mut parts = number.split(|byte| matches!(byte, b'e' | b'E'));
    let mantissa = parts.next().unwrap_or_default();
    let exponent = parts.next().map_or(0, exponent);
    // So many digits stand before the point once the exponent has moved it.
    let whole = mantissa.iter().take_while(|byte| **byte != b'.').count();
    let mut places = exponent.saturating_add_unsigned(u32::try_from(whole).unwrap_or(u32::MAX));
    let mut digits = mantissa.iter().filter(|byte| **byte != b'.');
    let mut seconds = 0_u32;
    // Where the exponent adds zeros behind the digits, ten of them are beyond any u32.
    let mut zeros = 10_u32;
    while places > 0 {
        let digit = match digits.next() {
            Some(digit) => digit & 0x0f,
            None if zeros == 0 => break,
            None => {
                zeros = zeros.wrapping_sub(1);
                0
            }
        };
        seconds = seconds.saturating_mul(10).saturating_add(digit.into());
        places = places.wrapping_sub(1);
    }
    seconds
}

/// An exponent that stops where it makes no difference any more.
fn exponent(text: &[u8]) -> i32 {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let magnitude =
        digits.fold(0_i32, |sum, digit| sum.saturating_mul(10).saturating_add((digit & 0x0f).into()));
    if text.first() == Some(&b'-') { magnitude.wrapping_neg() } else { magnitude }
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
            ("4294967296", Some(u32::MAX)),
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
