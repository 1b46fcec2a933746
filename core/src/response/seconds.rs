//! `expires_in` in all the forms that servers write it in: 3600, "3600", 3600.0, 3.6e3. What the number means is `slot`'s
//! affair.

/// Whole seconds of a JSON number (RFC 8259 §6): what is below zero is 0, what is too large `u32::MAX`. `None` if it is
/// no number; one in a string hasn't been looked at yet.
pub(super) fn read(text: &[u8]) -> Option<u32> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (
            unsigned.get(..at)?,
            exponent(unsigned.get(at.checked_add(1)?..)?)?,
        ),
        None => (unsigned, 0),
    };
    let point = mantissa
        .iter()
        .position(|byte| *byte == b'.')
        .unwrap_or(mantissa.len());
    let whole = mantissa.get(..point)?;
    let fraction = mantissa.get(point..)?;
    let leading_zero = whole.len() > 1 && whole.first() == Some(&b'0');
    if whole.is_empty() || leading_zero || fraction.len() == 1 {
        return None;
    }
    // So many digits stand before the point once the exponent has moved it.
    let mut places = i64::try_from(whole.len()).ok()?.saturating_add(exponent.into());
    let mut seconds = 0_u32;
    for digit in whole.iter().chain(fraction.iter().skip(1)) {
        if !digit.is_ascii_digit() {
            return None;
        }
        if places > 0 {
            seconds = seconds
                .saturating_mul(10)
                .saturating_add(u32::from(*digit & 0x0f));
            places = places.saturating_sub(1);
        }
    }
    // The zeros that the exponent adds; ten of them are beyond any u32.
    for _ in 0..places.clamp(0, 10) {
        seconds = seconds.saturating_mul(10);
    }
    Some(if negative { 0 } else { seconds })
}

/// An exponent; beyond four digits it is as large as can be.
fn exponent(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let magnitude = digits.iter().fold(0_i32, |sum, digit| {
        sum.saturating_mul(10).saturating_add(i32::from(*digit & 0x0f))
    });
    Some(if negative {
        magnitude.saturating_neg()
    } else {
        magnitude
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_form() {
        for (text, seconds) in [
            ("3600", Some(3600)),
            ("3600.0", Some(3600)),
            ("3600.9", Some(3600)),
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
            assert_eq!(read(text.as_bytes()), seconds, "{text}");
        }
    }
}
