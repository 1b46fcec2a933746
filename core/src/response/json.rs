//! A bounded reader of JSON (RFC 8259): strict, iterative, at most 32 deep. It unescapes strings where they lie. What the
//! members mean is `response`'s affair.

use crate::ResponseError;
use core::cell::Cell;
use core::slice::Iter;

/// How deep a member's value may be nested: one bit of a `u32` for each level.
const MAX_DEPTH: u32 = u32::BITS;

/// Where a text lies in the body: bytes `start..end`.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    start: usize,
    end: usize,
}

impl Span {
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }

    pub(crate) fn of_mut(self, text: &mut [u8]) -> &mut [u8] {
        text.get_mut(self.start..self.end).unwrap_or_default()
    }
}

/// A member's value, as far as a reader of flat objects wants to know it.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// The member isn't there.
    Absent,
    Null,
    Number(Span),
    /// The content, unescaped.
    Text(Span),
    /// Something else: `true`, `false`, an object or an array.
    Other,
}

/// Reads the one object that `text` is, and takes the values of the members named in `names`, each into its place.
///
/// # Errors
/// `text` is no JSON object, is nested too deep, or repeats one of `names`: of two readers of such a text, each might
/// believe another member.
pub(crate) fn read<const N: usize>(text: &mut [u8], names: &[&[u8]; N]) -> Result<[Value; N], ResponseError> {
    let mut values = [Value::Absent; N];
    let mut reader = Reader::of(text);
    match reader.object(names, &mut values) {
        Some(()) => Ok(values),
        None if reader.misshapen => Err(ResponseError::JsonShape { offset: reader.at() }),
        None => Err(ResponseError::Json { offset: reader.at() }),
    }
}

/// Whether `text` is a number as JSON writes it, and nothing else.
pub(crate) fn is_number(text: &mut [u8]) -> bool {
    let mut reader = Reader::of(text);
    reader.number().is_some() && reader.rest.len() == 0
}

/// Over cells, so that one cursor reads what another, behind it, writes. `None` is what is wrong at the byte that would be
/// read next.
struct Reader<'t> {
    text: &'t [Cell<u8>],
    rest: Iter<'t, Cell<u8>>,
    /// Where the next byte of the string that is read goes.
    out: Iter<'t, Cell<u8>>,
    /// It is JSON, but too deep or ambiguous.
    misshapen: bool,
}

/// What may come next in an object or an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Its first member, or its end.
    First,
    Member,
    /// A comma, or its end.
    Comma,
}

impl<'t> Reader<'t> {
    fn of(text: &'t mut [u8]) -> Self {
        let cells = Cell::from_mut(text).as_slice_of_cells();
        Self { text: cells, rest: cells.iter(), out: [].iter(), misshapen: false }
    }

    /// The way back from what is nested is a stack of bits, one for each level: set for an object.
    fn object(&mut self, names: &[&[u8]], values: &mut [Value]) -> Option<()> {
        // A byte order mark is forbidden, and sent.
        if self.eat(0xef) && !(self.eat(0xbb) && self.eat(0xbf)) {
            return None;
        }
        self.expect(b'{')?;
        let (mut levels, mut depth, mut due) = (0_u32, 0_u32, Due::First);
        loop {
            let object = depth == 0 || levels & 1 == 1;
            let byte = self.peek();
            if due != Due::Member && byte == if object { b'}' } else { b']' } {
                self.step();
                if depth == 0 {
                    // Nothing but white space may follow.
                    self.peek();
                    return (self.rest.len() == 0).then_some(());
                }
                (levels, depth, due) = (levels >> 1, depth.wrapping_sub(1), Due::Comma);
                continue;
            }
            if due == Due::Comma {
                self.expect(b',')?;
                due = Due::Member;
                continue;
            }
            let mut place = None;
            if object {
                self.expect(b'"')?;
                let start = self.rest.as_slice();
                let name = self.string()?;
                if depth == 0 {
                    place =
                        names.iter().position(|known| is(start, name.end.wrapping_sub(name.start), known));
                }
                self.expect(b':')?;
            }
            due = Due::Comma;
            let value = match self.peek() {
                b'"' => {
                    self.step();
                    Value::Text(self.string()?)
                }
                open @ (b'{' | b'[') => {
                    if depth == MAX_DEPTH {
                        self.misshapen = true;
                        return None;
                    }
                    self.step();
                    levels = levels << 1 | u32::from(open == b'{');
                    (depth, due) = (depth.wrapping_add(1), Due::First);
                    Value::Other
                }
                b't' => self.literal(b"true", Value::Other)?,
                b'f' => self.literal(b"false", Value::Other)?,
                b'n' => self.literal(b"null", Value::Null)?,
                _ => Value::Number(self.number()?),
            };
            if let Some(place) = place.and_then(|place| values.get_mut(place)) {
                if !matches!(place, Value::Absent) {
                    self.misshapen = true;
                    return None;
                }
                *place = value;
            }
        }
    }

    fn literal(&mut self, literal: &[u8], value: Value) -> Option<Value> {
        literal.iter().all(|byte| self.eat(*byte)).then_some(value)
    }

    /// RFC 8259 §6.
    fn number(&mut self) -> Option<Span> {
        let start = self.at();
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(Span { start, end: self.at() })
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.rest.len();
        while self.byte().is_ascii_digit() {
            self.step();
        }
        (self.rest.len() < start).then_some(())
    }

    /// A string's content, from behind its opening quote; RFC 8259 §7. Escapes are resolved in place: what they stand for
    /// is never longer than they are.
    fn string(&mut self) -> Option<Span> {
        let start = self.at();
        self.rest = self.rest.as_slice().get(plain_run(self.rest.as_slice())..)?.iter();
        self.out = self.rest.clone();
        // Of a character beyond ASCII (RFC 3629 §4) so many bytes are still to come, the next of them in this range.
        let (mut more, mut low, mut high) = (0_u32, 0x80, 0xbf);
        loop {
            let byte = self.byte();
            if more > 0 {
                if byte < low || byte > high {
                    return None;
                }
                (more, low, high) = (more.wrapping_sub(1), 0x80, 0xbf);
            } else {
                match byte {
                    b'"' => {
                        self.step();
                        return Some(Span { start, end: self.text.len().wrapping_sub(self.out.len()) });
                    }
                    b'\\' => {
                        self.step();
                        self.escape()?;
                        continue;
                    }
                    0x20..0x80 => {}
                    0xc2..=0xf4 => {
                        more = byte.leading_ones().wrapping_sub(1);
                        match byte {
                            0xe0 => low = 0xa0,
                            0xed => high = 0x9f,
                            0xf0 => low = 0x90,
                            0xf4 => high = 0x8f,
                            _ => {}
                        }
                    }
                    _ => return None, // a control character, or no beginning of a character
                }
            }
            self.step();
            self.put(byte.into());
        }
    }

    /// What follows a backslash, into the output.
    fn escape(&mut self) -> Option<()> {
        for (short, byte) in b"\"\\/bfnrt".iter().zip(b"\"\\/\x08\x0c\n\r\t") {
            if self.eat(*short) {
                self.put((*byte).into());
                return Some(());
            }
        }
        // Half of a pair without its partner is no character: it becomes U+FFFD, which neither a token nor a code may
        // hold, and hurts no member that nobody reads.
        let mut code = self.utf16()?;
        if code >> 11 == 0xd800 >> 11 {
            let first = core::mem::replace(&mut code, char::REPLACEMENT_CHARACTER.into());
            let back = self.rest.clone();
            if first < 0xdc00 && self.eat(b'\\') && self.byte() == b'u' {
                let second = self.utf16()?;
                if second >> 10 == 0xdc00 >> 10 {
                    code = ((first & 0x3ff) << 10 | second & 0x3ff).wrapping_add(0x1_0000);
                } else {
                    self.rest = back;
                }
            } else {
                self.rest = back;
            }
        }
        if code < 0x80 {
            self.put(code);
            return Some(());
        }
        if code < 0x800 {
            self.put(0xc0 | code >> 6);
        } else {
            if code < 0x1_0000 {
                self.put(0xe0 | code >> 12);
            } else {
                self.put(0xf0 | code >> 18);
                self.put(0x80 | code >> 12 & 0x3f);
            }
            self.put(0x80 | code >> 6 & 0x3f);
        }
        self.put(0x80 | code & 0x3f);
        Some(())
    }

    /// `uXXXX`.
    fn utf16(&mut self) -> Option<u32> {
        let mut unit = 0;
        self.eat(b'u').then_some(())?;
        for _ in 0..4 {
            unit = unit << 4 | char::from(self.byte()).to_digit(16)?;
            self.step();
        }
        Some(unit)
    }

    /// Skips white space; the byte behind it, which is not skipped, or 0 at the end: it is no part of JSON either.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn peek(&mut self) -> u8 {
        while let b' ' | b'\t' | b'\n' | b'\r' = self.byte() {
            self.step();
        }
        self.byte()
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.peek();
        self.eat(wanted).then_some(())
    }

    /// Skips this byte, if it is the next one.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.byte() == wanted;
        if found {
            self.step();
        }
        found
    }

    // A call of its own, as those around it, where flash is dear: it is asked for at twenty places.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn byte(&self) -> u8 {
        self.rest.as_slice().first().map_or(0, Cell::get)
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn step(&mut self) {
        self.rest.next();
    }

    /// The lowest eight bits of `byte`, which is all there are.
    #[expect(clippy::cast_possible_truncation, reason = "as it says")]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn put(&mut self, byte: u32) {
        if let Some(place) = self.out.next() {
            place.set(byte as u8);
        }
    }

    /// How many bytes were read.
    fn at(&self) -> usize {
        self.text.len().wrapping_sub(self.rest.len())
    }
}

fn is(text: &[Cell<u8>], len: usize, known: &[u8]) -> bool {
    len == known.len() && text.iter().zip(known).all(|(cell, byte)| cell.get() == *byte)
}

/// How many bytes at the front mean themselves in a string. In blocks, which a host's compiler turns into vectors: a
/// token is a thousand of them.
fn plain_run(text: &[Cell<u8>]) -> usize {
    if cfg!(not(target_pointer_width = "64")) {
        return 0; // a small machine has no vectors, and the flash is better used
    }
    let is_plain = |byte: u8| byte.wrapping_sub(0x20) < 0x5f && byte != b'"' && byte != b'\\';
    let (blocks, _) = text.as_chunks::<16>();
    let whole = |block: &&[Cell<u8>; 16]| block.iter().fold(true, |all, byte| all & is_plain(byte.get()));
    blocks.iter().take_while(whole).count().saturating_mul(16)
}
