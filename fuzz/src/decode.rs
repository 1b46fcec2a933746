//! A whole reply decoded by httparse and from slices: the oracle of `head`, `framing` and `round_trip`. It shares no idea
//! with keyfob's machines but RFC 9112.

use httparse::{EMPTY_HEADER, ParserConfig, Response, Status};

/// keyfob looks at so much of a line; what a longer one means to it is beyond this oracle.
const LONGEST_LINE: usize = 480;

/// One field of a head, its name in lower case, its folds undone.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Vec<u8>,
    /// How long its line is, white space included.
    len: usize,
}

/// The head of a final reply.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) http_1_1: bool,
    pub(crate) fields: Vec<Field>,
    /// The heads' lengths together, those of interim replies included.
    pub(crate) len: usize,
    /// It is as RFC 9112 has it, without what httparse forgives.
    pub(crate) strict: bool,
    /// A head up to here says something that keyfob must refuse.
    refused: bool,
}

/// What a whole reply is.
#[derive(Debug)]
pub(crate) enum Decoded {
    Complete(Reply),
    /// More bytes are to come, of the head or of the body.
    IncompleteHead,
    Incomplete,
    /// Its length cannot be told for sure, or its body is compressed.
    Refused,
    /// Beyond this oracle: either refused, or this, apart from whether the stream serves again.
    Undefined(Option<Reply>),
    /// Not HTTP to httparse, in a line that keyfob skips without a look at its end.
    Beyond,
}

/// A complete reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Whether the stream serves for another exchange, if nothing follows.
    pub(crate) again: bool,
    /// Where it ends.
    pub(crate) len: usize,
}

/// The first head that is no interim one; `None` if it isn't complete.
pub(crate) fn last_head(reply: &[u8]) -> Result<Option<Head>, httparse::Error> {
    let mut config = ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    let lines = reply.split(|byte| *byte == b'\n').count();
    let (mut at, mut refused, mut strict) = (0, false, true);
    loop {
        let mut headers = vec![EMPTY_HEADER; lines];
        let mut response = Response::new(&mut headers);
        let rest = &reply[at..];
        let Status::Complete(len) = config.parse_response(&mut response, rest)? else {
            return Ok(None);
        };
        strict &= is_strict(&rest[..len]);
        at += len;
        let fields: Vec<Field> = response.headers.iter().map(|header| Field::of(header, rest)).collect();
        let lengths = || fields.iter().filter(|field| field.name == "content-length");
        refused |= lengths().count() > 1;
        refused |= lengths().any(|field| {
            let is_number = field.value.iter().all(u8::is_ascii_digit);
            field.value.is_empty() || field.value.len() > 20 || !is_number
        });
        let status = response.code.unwrap_or_default();
        strict &= (100..600).contains(&status);
        refused |= status == 101;
        if !(100..200).contains(&status) || refused {
            let http_1_1 = response.version == Some(1);
            return Ok(Some(Head { status, http_1_1, fields, len: at, strict, refused }));
        }
    }
}

impl Field {
    /// `header` lies in `head`.
    fn of(header: &httparse::Header<'_>, head: &[u8]) -> Self {
        let mut lines =
            header.value.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = lines.next().unwrap_or_default();
        let mut value = first.to_vec();
        for line in lines {
            value.push(b' ');
            value.extend_from_slice(line.get(1..).unwrap_or_default());
        }
        // Where a value is empty, httparse doesn't say where it would be.
        let len = if header.value.is_empty() {
            head.len()
        } else {
            let end = header.value.as_ptr().addr() + header.value.len();
            let behind = &head[end - head.as_ptr().addr()..];
            end - header.name.as_ptr().addr()
                + behind.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
        };
        Self { name: header.name.to_ascii_lowercase(), len, value: value.trim_ascii().to_vec() }
    }
}

/// Whether a line goes on and on without a colon.
pub(crate) fn has_endless_name(reply: &[u8]) -> bool {
    reply
        .split(|byte| *byte == b'\n')
        .any(|line| line.iter().take_while(|byte| **byte != b':').count() > LONGEST_LINE)
}

/// No empty line in front, no line that ends in a lone LF, a digit of HTTP/1.x and one of three of the status where they
/// should be, and no status line that is folded.
fn is_strict(head: &[u8]) -> bool {
    let lone = head.windows(2).any(|pair| pair[1] == b'\n' && pair[0] != b'\r');
    let folded_status =
        head.split(|byte| *byte == b'\n').nth(1).is_some_and(|line| matches!(line, [b' ' | b'\t', ..]));
    !lone && !folded_status && head.starts_with(b"HTTP/1.")
}

/// Decodes a reply at whose end the stream ends.
pub(crate) fn reply(reply: &[u8]) -> Decoded {
    let head = match last_head(reply) {
        Ok(Some(head)) => head,
        Ok(None) => return Decoded::IncompleteHead,
        Err(_) if has_endless_name(reply) => return Decoded::Beyond,
        Err(_) => return Decoded::Undefined(None),
    };
    let understood = ["content-length", "transfer-encoding", "content-encoding", "connection"];
    let too_long = |field: &Field| field.len > LONGEST_LINE && understood.contains(&field.name.as_str());
    if head.strict && !head.fields.iter().any(too_long) {
        return body(&head, reply);
    }
    match body(&head, reply) {
        Decoded::Complete(reply) => Decoded::Undefined(Some(reply)),
        _ => Decoded::Undefined(None),
    }
}

/// Decodes what follows a reply's head.
fn body(head: &Head, reply: &[u8]) -> Decoded {
    let named = |name: &'static str| head.fields.iter().filter(move |field| field.name == name);
    if head.refused {
        return Decoded::Refused;
    }
    let values = |name| named(name).map(|field| field.value.to_ascii_lowercase()).collect::<Vec<_>>();
    let length =
        named("content-length").next().map(|field| std::str::from_utf8(&field.value).ok()?.parse().ok());
    let coded =
        values("content-encoding").iter().any(|coding| !matches!(coding.as_slice(), b"" | b"identity"));
    let transfer = values("transfer-encoding");
    // Of a list, keyfob thinks the worst.
    let mut close = values("connection").iter().any(|value| value != b"keep-alive");
    let rest = &reply[head.len..];
    let (body, len) = if matches!(head.status, 204 | 304) {
        if length == Some(None) {
            return Decoded::Refused; // a number that is none here
        }
        // Without a body by their status; who tells of one may send it all the same.
        close |= !transfer.is_empty() || length.flatten() > Some(0);
        (Some(Vec::new()), 0)
    } else if !transfer.is_empty() {
        if transfer != [b"chunked"] || length.is_some() || !head.http_1_1 || coded {
            return Decoded::Refused;
        }
        match chunks(rest) {
            Ok(Some((body, len))) => (Some(body), len),
            Ok(None) => return Decoded::Incomplete,
            Err(Bad) => return Decoded::Refused,
        }
    } else {
        match length {
            Some(None) => return Decoded::Refused,
            Some(Some(0)) => (Some(Vec::new()), 0),
            _ if coded => return Decoded::Refused,
            Some(Some(length)) if length > LONGEST => return Decoded::Refused,
            Some(Some(length)) => match rest.get(..length) {
                Some(body) => (Some(body.to_vec()), length),
                None => return Decoded::Incomplete,
            },
            None => (None, rest.len()),
        }
    };
    Decoded::Complete(Reply {
        status: head.status,
        again: body.is_some() && head.http_1_1 && !close,
        body: body.unwrap_or_else(|| rest.to_vec()),
        len: head.len + len,
    })
}

/// A GiB: no buffer is grown for a body that is said to be longer.
const LONGEST: usize = 1 << 30;

struct Bad;

/// The content of all chunks, and where they end; `None` if more is to come.
fn chunks(coded: &[u8]) -> Result<Option<(Vec<u8>, usize)>, Bad> {
    let (mut body, mut rest) = (Vec::new(), coded);
    loop {
        let (size_line, after) = line(rest)?;
        // A line whose CR is there says all that it ever will.
        let size = size(size_line, size_line.len() < rest.len())?;
        let (Some(after), Some(size)) = (after, size) else {
            return Ok(None);
        };
        if let Ok(Status::Complete((len, other))) = httparse::parse_chunk_size(rest) {
            assert_eq!((len, other), (rest.len() - after.len(), size as u64), "two oracles");
        }
        rest = after;
        if size == 0 {
            break;
        }
        let Some((data, after)) = rest.split_at_checked(size) else {
            return Ok(None);
        };
        body.extend_from_slice(data);
        match after {
            [b'\r', b'\n', after @ ..] => rest = after,
            [] | [b'\r'] => return Ok(None),
            _ => return Err(Bad),
        }
    }
    loop {
        let (trailer, after) = line(rest)?;
        let Some(after) = after else {
            return Ok(None);
        };
        rest = after;
        if trailer.is_empty() {
            return Ok(Some((body, coded.len() - rest.len())));
        }
    }
}

/// A line and what follows it; nothing follows one that isn't complete.
fn line(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), Bad> {
    let is_text = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
    let (line, after) = bytes.split_at(bytes.iter().take_while(|byte| is_text(byte)).count());
    match after {
        [b'\r', b'\n', after @ ..] => Ok((line, Some(after))),
        [] | [b'\r'] => Ok((line, None)),
        _ => Err(Bad),
    }
}

/// The size that a chunk's first line says; `None` if the line is yet too short for one.
fn size(line: &[u8], complete: bool) -> Result<Option<usize>, Bad> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, extension) = line.split_at(digits);
    // Behind the size, blanks and an extension; and an extension only behind a semicolon (RFC 9112 §7.1.1).
    let behind = extension.trim_ascii_start();
    if !matches!(behind, [] | [b';', ..]) || (digits.is_empty() && !line.is_empty()) {
        return Err(Bad);
    }
    let Ok(digits) = std::str::from_utf8(digits) else {
        return Err(Bad);
    };
    match digits.trim_start_matches('0') {
        "" if digits.is_empty() => {
            if complete {
                Err(Bad)
            } else {
                Ok(None)
            }
        }
        "" => Ok(Some(0)),
        digits => usize::from_str_radix(digits, 16).map(Some).map_err(|_| Bad),
    }
}
