//! A bounded reader of JSON (RFC 8259): strict, iterative, at most 32 deep. It unescapes strings where they lie. What the
//! members mean is `response`'s affair.

use crate::ResponseError;

/// How deep a member's value may be nested: one bit of a `u32` for each level.
const MAX_DEPTH: u32 = u32::BITS;

/// Where a text lies in the body: bytes `start..end`.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    start: usize,
    end: usize,
}

impl Span {
    pub(crate) fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Where a member begins, for an error about it.
    pub(crate) const fn start(self) -> usize {
        self.start
    }
}

/// A member's value, as far as a reader of flat objects wants to know it.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Null,
    Bool,
    Number(Span),
    /// The content, unescaped.
    Text(Span),
    /// An object or an array, skipped.
    Nested,
}

pub(crate) struct Reader<'b> {
    text: &'b mut [u8],
    at: usize,
}

type Result<T, E = ResponseError> = core::result::Result<T, E>;

impl<'b> Reader<'b> {
    /// A reader that stands behind the opening brace of the one object that `text` is.
    pub(crate) fn object(text: &'b mut [u8]) -> Result<Self> {
        let mut reader = Self { text, at: 0 };
        if reader.text.starts_with(b"\xef\xbb\xbf") {
            reader.at = 3; // a byte order mark: forbidden, and sent
        }
        reader.expect(b'{')?;
        Ok(reader)
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.text
    }

    /// The text, once everything that was wanted of it is known by its span.
    pub(crate) const fn into_text(self) -> &'b mut [u8] {
        self.text
    }

    /// The next member's name and value. `first` for the first one. At the end of the object, and of the text, `None`.
    pub(crate) fn member(&mut self, first: bool) -> Result<Option<(Span, Value)>> {
        match self.peek() {
            Some(b'}') => {
                self.step();
                return if self.peek().is_none() {
                    Ok(None)
                } else {
                    self.fail()
                };
            }
            Some(b',') if !first => self.step(),
            _ if first => {}
            _ => return self.fail(),
        }
        self.expect(b'"')?;
        let name = self.string()?;
        self.expect(b':')?;
        Ok(Some((name, self.value()?)))
    }

    fn value(&mut self) -> Result<Value> {
        match self.peek() {
            Some(b'"') => {
                self.step();
                self.string().map(Value::Text)
            }
            Some(b'{' | b'[') => self.skip_nested(),
            Some(b't') => self.literal(b"true", Value::Bool),
            Some(b'f') => self.literal(b"false", Value::Bool),
            Some(b'n') => self.literal(b"null", Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    /// Over one object or array. The way back is a stack of bits, one for each level: set for an object.
    fn skip_nested(&mut self) -> Result<Value> {
        let (mut levels, mut depth) = (0_u32, 0_u32);
        loop {
            // A value is due. Opened levels are entered until one holds a value that is none, or nothing.
            let open = self.peek();
            if let Some(b'{' | b'[') = open {
                if depth == MAX_DEPTH {
                    return Err(ResponseError::JsonShape { offset: self.at });
                }
                self.step();
                let object = open == Some(b'{');
                levels = levels << 1 | u32::from(object);
                depth = depth.saturating_add(1);
                if self.peek() != Some(closing(object)) {
                    if object {
                        self.name()?;
                    }
                    continue;
                }
            } else {
                self.value()?;
            }
            // A value is over. Levels that end here are left.
            loop {
                let object = levels & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.step();
                        if object {
                            self.name()?;
                        }
                        break;
                    }
                    Some(byte) if byte == closing(object) => {
                        self.step();
                        levels >>= 1;
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            return Ok(Value::Nested);
                        }
                    }
                    _ => return self.fail(),
                }
            }
        }
    }

    fn name(&mut self) -> Result<()> {
        self.expect(b'"')?;
        self.string()?;
        self.expect(b':')
    }

    fn literal(&mut self, literal: &[u8], value: Value) -> Result<Value> {
        let found = self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(literal));
        if !found {
            return self.fail();
        }
        self.at = self.at.saturating_add(literal.len());
        Ok(value)
    }

    /// RFC 8259 §6.
    fn number(&mut self) -> Result<Span> {
        let start = self.at;
        self.step_over(b"-");
        if self.byte() == Some(b'0') {
            self.step();
        } else {
            self.digits()?;
        }
        if self.step_over(b".") {
            self.digits()?;
        }
        if self.step_over(b"eE") {
            self.step_over(b"+-");
            self.digits()?;
        }
        Ok(Span { start, end: self.at })
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
        }
        if self.at > start { Ok(()) } else { self.fail() }
    }

    /// A string's content, from behind its opening quote; RFC 8259 §7. Escapes are resolved in place: what they stand
    /// for is never longer than they are.
    fn string(&mut self) -> Result<Span> {
        let start = self.at;
        self.at = start.saturating_add(plain_run(self.text.get(start..).unwrap_or_default()));
        let mut end = self.at;
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.step();
                    return Ok(Span { start, end });
                }
                Some(b'\\') => {
                    self.step();
                    let mut utf8 = [0; 4];
                    let character = self.escape()?;
                    self.put(&mut end, character.encode_utf8(&mut utf8).as_bytes());
                }
                Some(byte @ 0x20..=0x7f) => {
                    self.step();
                    self.put(&mut end, &[byte]);
                }
                Some(0x80..) => {
                    let (utf8, len) = self.utf8()?;
                    self.put(&mut end, utf8.get(..len).unwrap_or_default());
                    self.at = self.at.saturating_add(len);
                }
                _ => return self.fail(),
            }
        }
    }

    fn put(&mut self, end: &mut usize, bytes: &[u8]) {
        let after = end.saturating_add(bytes.len());
        if let Some(place) = self.text.get_mut(*end..after) {
            crate::write::copy(place, bytes);
        }
        *end = after;
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char> {
        let escaped = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte.into(),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.step();
                return self.utf16();
            }
            _ => return self.fail(),
        };
        self.step();
        Ok(escaped)
    }

    /// The digits of `\uXXXX`, and of its partner if it is half of a pair. A half without a partner is no character:
    /// it becomes U+FFFD, which neither a token nor a code may hold, and hurts no member that nobody reads.
    fn utf16(&mut self) -> Result<char> {
        let unit = self.hex4()?;
        let mut code = u32::from(unit);
        if let 0xd800..0xdc00 = unit
            && self
                .text
                .get(self.at..)
                .is_some_and(|rest| rest.starts_with(b"\\u"))
        {
            let back = self.at;
            self.at = self.at.saturating_add(2);
            let low = self.hex4()?;
            if let 0xdc00..0xe000 = low {
                let pair = (u32::from(unit) & 0x3ff) << 10 | u32::from(low) & 0x3ff;
                code = pair.saturating_add(0x1_0000);
            } else {
                self.at = back;
            }
        }
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Result<u16> {
        let mut unit = 0_u16;
        for _ in 0..4 {
            let digit = match self.byte() {
                Some(digit @ b'0'..=b'9') => digit & 0x0f,
                Some(letter @ (b'a'..=b'f' | b'A'..=b'F')) => (letter & 0x0f).wrapping_add(9),
                _ => return self.fail(),
            };
            unit = unit << 4 | u16::from(digit);
            self.step();
        }
        Ok(unit)
    }

    /// The well-formed character beyond ASCII that begins here (RFC 3629 §4).
    fn utf8(&self) -> Result<([u8; 4], usize)> {
        let mut bytes = [0; 4];
        crate::write::copy(&mut bytes, self.text.get(self.at..).unwrap_or_default());
        let len = match bytes {
            [0xc2..=0xdf, 0x80..=0xbf, ..] => 2,
            [0xe0, 0xa0..=0xbf, 0x80..=0xbf, _]
            | [0xe1..=0xec | 0xee..=0xef, 0x80..=0xbf, 0x80..=0xbf, _]
            | [0xed, 0x80..=0x9f, 0x80..=0xbf, _] => 3,
            [0xf0, 0x90..=0xbf, 0x80..=0xbf, 0x80..=0xbf]
            | [0xf1..=0xf3, 0x80..=0xbf, 0x80..=0xbf, 0x80..=0xbf]
            | [0xf4, 0x80..=0x8f, 0x80..=0xbf, 0x80..=0xbf] => 4,
            _ => return self.fail(),
        };
        Ok((bytes, len))
    }

    /// The next byte that is not white space, which is skipped; it is not.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.step();
        }
        self.byte()
    }

    fn expect(&mut self, wanted: u8) -> Result<()> {
        if self.peek() != Some(wanted) {
            return self.fail();
        }
        self.step();
        Ok(())
    }

    fn step_over(&mut self, any: &[u8]) -> bool {
        let found = self.byte().is_some_and(|byte| any.contains(&byte));
        if found {
            self.step();
        }
        found
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    const fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    const fn fail<T>(&self) -> Result<T> {
        Err(ResponseError::Json { offset: self.at })
    }
}

const fn closing(object: bool) -> u8 {
    if object { b'}' } else { b']' }
}

/// How many bytes at the front mean themselves in a string. In blocks, which a host's compiler turns into vectors: a
/// token is a thousand of them.
fn plain_run(text: &[u8]) -> usize {
    let is_plain = |byte: u8| byte.wrapping_sub(0x20) < 0x5f && byte != b'"' && byte != b'\\';
    let (blocks, _) = text.as_chunks::<16>();
    let whole = |block: &&[u8; 16]| block.iter().fold(true, |all, byte| all & is_plain(*byte));
    let run = blocks.iter().take_while(whole).count().saturating_mul(16);
    let rest = text.get(run..).unwrap_or_default();
    run.saturating_add(rest.iter().take_while(|byte| is_plain(**byte)).count())
}
