//! HTTP dates (RFC 9110 §5.6.7) as seconds since 1970, in all three of the forms that must be read. Nothing is known of
//! what they date.

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, or `Sun Nov  6 08:49:37 1994`, in any case.
pub(super) fn read(text: &[u8]) -> Option<u64> {
    let mut words =
        text.split(|byte| matches!(byte, b' ' | b',' | b'-' | b':')).filter(|word| !word.is_empty());
    words.next()?; // the day of the week
    let word = words.next()?;
    let (day, month, year, time) = if word.first()?.is_ascii_digit() {
        let (month, year) = (month(words.next()?)?, year(words.next()?)?);
        (number(word)?, month, year, time(&mut words)?)
    } else {
        let (day, time) = (number(words.next()?)?, time(&mut words)?);
        (day, month(word)?, year(words.next()?)?, time)
    };
    if !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    Some(u64::from(days(year, month, day)).saturating_mul(86_400).saturating_add(time.into()))
}

/// Seconds of the day; a leap second is the one before it.
fn time<'t>(words: &mut impl Iterator<Item = &'t [u8]>) -> Option<u32> {
    let (hour, minute, second) = (number(words.next()?)?, number(words.next()?)?, number(words.next()?)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = hour.saturating_mul(60).saturating_add(minute);
    Some(minutes.saturating_mul(60).saturating_add(second.min(59)))
}

fn month(word: &[u8]) -> Option<u32> {
    const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    (1..)
        .zip(MONTHS.chunks_exact(3))
        .find(|(_, name)| name.eq_ignore_ascii_case(word))
        .map(|(month, _)| month)
}

/// Two digits are of this century up to 69: the form is older than the time it cannot tell.
fn year(word: &[u8]) -> Option<u32> {
    Some(match number(word)? {
        year @ 0..70 => year.saturating_add(2000),
        year @ 70..100 => year.saturating_add(1900),
        year => year,
    })
}

/// One to four digits.
fn number(word: &[u8]) -> Option<u32> {
    if word.len() > 4 {
        return None;
    }
    word.iter().try_fold(0_u32, |number, digit| {
        digit.is_ascii_digit().then(|| number.saturating_mul(10).saturating_add(u32::from(digit & 0x0f)))
    })
}

/// Days from 1970 to a date of the Gregorian calendar, whose years begin in March here, so that the leap day is the last.
fn days(year: u32, month: u32, day: u32) -> u32 {
    let early = u32::from(month < 3);
    let (year, month) =
        (year.wrapping_sub(early), month.wrapping_add(early.wrapping_mul(12)).wrapping_sub(3));
    let of_years =
        year.wrapping_mul(365).wrapping_add(year / 4).wrapping_sub(year / 100).wrapping_add(year / 400);
    let of_months = month.wrapping_mul(153).wrapping_add(2) / 5;
    // 719,469 is the sum for the first of January 1970, and one more since days count from 1.
    of_years.wrapping_add(of_months).wrapping_add(day).wrapping_sub(719_469)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn all_forms_and_odd_days() {
        for (text, seconds) in [
            ("sun, 06 nov 1994 08:49:37 gmt", Some(784_111_777)),
            ("sunday, 06-nov-94 08:49:37 gmt", Some(784_111_777)),
            ("sun nov  6 08:49:37 1994", Some(784_111_777)),
            ("thu, 01 jan 1970 00:00:00 gmt", Some(0)),
            ("tue, 29 feb 2028 23:59:60 gmt", Some(1_835_481_599)),
            ("wed, 01 mar 2000 00:00:00 gmt", Some(951_868_800)),
            ("fri, 31 dec 9999 23:59:59 gmt", Some(253_402_300_799)),
            ("thursday, 01-jan-70 00:00:00 gmt", Some(0)),
            ("thursday, 01-jan-69 00:00:00 gmt", Some(3_124_224_000)),
            ("sun, 06 foo 1994 08:49:37 gmt", None),
            ("sun, 00 nov 1994 08:49:37 gmt", None),
            ("sun, 06 nov 1994 24:49:37 gmt", None),
            ("sun, 06 nov 99999 08:49:37 gmt", None),
            ("sun, 06 nov", None),
            ("120", None),
            ("", None),
        ] {
            assert_eq!(read(text.as_bytes()), seconds, "{text}");
        }
    }
}
