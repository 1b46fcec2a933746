//! The value of an `Authorization: Basic` header (RFC 7617), as RFC 6749 §2.3.1 fills it.

use super::form;
use crate::write::{Writer, copy};
use crate::{Buffer, CapacityError};
use base64ct::{Base64, Encoder};

const SCHEME: &[u8] = b"Basic ";

/// Writes `Basic ` and the base64 of both texts, each form-encoded first (a space as `%20`), into `out`; returns
/// the length.
///
/// # Errors
/// `out` is shorter than [`encode_len`]; then nothing was written.
pub fn encode(client_id: &str, secret: &str, out: &mut [u8]) -> Result<usize, CapacityError> {
    encoded(client_id, secret, form_encoded, out)
}

/// The length of what [`encode`] writes, in bytes.
#[must_use]
pub fn encode_len(client_id: &str, secret: &str) -> usize {
    len(client_id, secret, form_encoded)
}

/// As [`encode`], with the texts as they are: for servers that are known not to decode them.
///
/// # Errors
/// `out` is shorter than [`encode_raw_nonstandard_len`]; then nothing was written.
pub fn encode_raw_nonstandard(client_id: &str, secret: &str, out: &mut [u8]) -> Result<usize, CapacityError> {
    encoded(client_id, secret, raw, out)
}

/// The length of what [`encode_raw_nonstandard`] writes, in bytes.
#[must_use]
pub fn encode_raw_nonstandard_len(client_id: &str, secret: &str) -> usize {
    len(client_id, secret, raw)
}

/// How a text enters the credentials: handed over piece by piece.
type Spelling = fn(&str, &mut dyn FnMut(&[u8]));

fn form_encoded(text: &str, take: &mut dyn FnMut(&[u8])) {
    form::pieces(text, form::Space::Percent, take);
}

fn raw(text: &str, take: &mut dyn FnMut(&[u8])) {
    take(text.as_bytes());
}

fn len(client_id: &str, secret: &str, spelling: Spelling) -> usize {
    let mut credentials = 1_usize; // the colon
    let mut count = |piece: &[u8]| credentials = credentials.saturating_add(piece.len());
    spelling(client_id, &mut count);
    spelling(secret, &mut count);
    credentials.div_ceil(3).saturating_mul(4).saturating_add(SCHEME.len())
}

/// As [`encode`], with a length that the writer counts.
pub(crate) fn write(out: &mut Writer<'_>, client_id: &str, secret: &str) {
    written(out, client_id, secret, form_encoded);
}

/// As [`encode_raw_nonstandard`], with a length that the writer counts.
pub(crate) fn write_raw_nonstandard(out: &mut Writer<'_>, client_id: &str, secret: &str) {
    written(out, client_id, secret, raw);
}

fn encoded(
    client_id: &str,
    secret: &str,
    spelling: Spelling,
    out: &mut [u8],
) -> Result<usize, CapacityError> {
    let mut writer = Writer::new(out);
    written(&mut writer, client_id, secret, spelling);
    writer.end(Buffer::Output)
}

fn written(out: &mut Writer<'_>, client_id: &str, secret: &str, spelling: Spelling) {
    let needed = len(client_id, secret, spelling);
    let Some((scheme, place)) = out.place(needed).and_then(|place| place.split_at_mut_checked(SCHEME.len()))
    else {
        return; // counted
    };
    copy(scheme, SCHEME);
    // None of this can fail: `place` is as long as what is written.
    if let Ok(mut encoder) = Encoder::<Base64>::new(place) {
        let mut take = |piece: &[u8]| _ = encoder.encode(piece);
        spelling(client_id, &mut take);
        take(b":");
        spelling(secret, &mut take);
        _ = encoder.finish();
    }
}
