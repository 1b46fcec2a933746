//! A bounded reader of JSON (RFC 8259): strict, iterative, at most 32 deep. It unescapes strings where they lie. What the
//! members mean is `response`'s affair.

mod visible;

use crate::ResponseError;
use crate::bytes::{Names, split};

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
pub(crate) struct Value {
    pub(crate) kind: Kind,
    /// The content of a text, unescaped, or a number as it is written.
    pub(crate) span: Span,
    /// The text is known to hold visible ASCII only, without a space; where not, it may all the same.
    pub(crate) visible: bool,
}

impl Value {
    pub(crate) const ABSENT: Self =
        Self { kind: Kind::Absent, span: Span { start: 0, end: 0 }, visible: false };
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Number,
    Text,
    /// Something else: `true`, `false`, an object or an array.
    Other,
    /// The member isn't there. (Not the first of these: a list of nothing but zeros links a `memclr`.)
    Absent,
}

/// Reads the one object that `text` is, and takes the values of the members named in `names`, each into its place, which is
/// `ABSENT` before.
///
/// # Errors
/// `text` is no JSON object, is nested too deep, or repeats one of `names`: of two readers of such a text, each might
/// believe another member.
pub(crate) fn read<const N: usize>(
    text: &mut [u8],
    names: &Names<N>,
    values: &mut [Value; N],
) -> Result<(), ResponseError> {
    let mut reader = Reader::of(text);
    match reader.object(names, values) {
        Some(()) => Ok(()),
        None if reader.misshapen => Err(ResponseError::JsonShape { offset: reader.at }),
        None => Err(ResponseError::Json { offset: reader.at }),
    }
}

/// Whether `text` is a number as JSON writes it, and nothing else.
pub(crate) fn is_number(text: &mut [u8]) -> bool {
    let mut reader = Reader::of(text);
    reader.number().is_some() && reader.is_at_end()
}

/// `None` is what is wrong at the byte that would be read next.
struct Reader<'t> {
    text: &'t mut [u8],
    /// How many bytes were read.
    at: usize,
    /// Where the next byte of the string that is read goes, which is never further.
    out: usize,
    /// The last string is known to hold visible ASCII only, without a space; where not, it may all the same.
    visible: bool,
    /// It is JSON, but too deep or ambiguous.
    misshapen: bool,
}

impl<'t> Reader<'t> {
    const fn of(text: &'t mut [u8]) -> Self {
        Self { text, at: 0, out: 0, visible: false, misshapen: false }
    }

    /// The way back from what is nested is a stack of bits, one for each level: set for an object.
    fn object<const N: usize>(&mut self, names: &Names<N>, values: &mut [Value; N]) -> Option<()> {
        // A byte order mark is forbidden, and sent.
        if self.eat(0xef) && !(self.eat(0xbb) && self.eat(0xbf)) {
            return None;
        }
        self.expect(b'{')?;
        let (mut levels, mut depth, mut first) = (0_u32, 0_u32, true);
        loop {
            let object = depth == 0 || levels & 1 == 1;
            let mut byte = self.peek();
            if !first && byte == b',' {
                self.step();
                byte = self.peek();
            } else if byte == if object { b'}' } else { b']' } {
                self.step();
                if depth == 0 {
                    // Nothing but white space may follow.
                    self.peek();
                    return self.is_at_end().then_some(());
                }
                (levels, depth, first) = (levels >> 1, depth.wrapping_sub(1), false);
                continue;
            } else if !first {
                return None;
            }
            let mut place = None;
            if object {
                self.eat(b'"').then_some(())?;
                let name = self.string()?;
                if depth == 0 {
                    let name = name.of(self.text);
                    place = names.position(name);
                }
                self.expect(b':')?;
                byte = self.peek();
            }
            first = false;
            let mut span = Span { start: 0, end: 0 };
            let kind = match byte {
                b'"' => {
                    self.step();
                    span = self.string()?;
                    Kind::Text
                }
                b'{' | b'[' => {
                    if depth == MAX_DEPTH {
                        self.misshapen = true;
                        return None;
                    }
                    self.step();
                    levels = levels << 1 | u32::from(byte == b'{');
                    (depth, first) = (depth.wrapping_add(1), true);
                    Kind::Other
                }
                b't' | b'f' | b'n' => {
                    let (literal, kind) = match byte {
                        b't' => ("true", Kind::Other),
                        b'f' => ("false", Kind::Other),
                        _ => ("null", Kind::Null),
                    };
                    if !literal.bytes().all(|byte| self.eat(byte)) {
                        return None;
                    }
                    kind
                }
                _ => {
                    span = self.number()?;
                    Kind::Number
                }
            };
            if let Some(place) = place.and_then(|place| values.get_mut(place)) {
                if place.kind != Kind::Absent {
                    self.misshapen = true;
                    return None;
                }
                *place = Value { kind, span, visible: cfg!(target_pointer_width = "64") && self.visible };
            }
        }
    }

    /// RFC 8259 §6.
    fn number(&mut self) -> Option<Span> {
        let start = self.at;
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
        Some(Span { start, end: self.at })
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.step();
        }
        (self.at > start).then_some(())
    }

    /// A string's content, from behind its opening quote; RFC 8259 §7. Escapes are resolved in place: what they stand for
    /// is never longer than they are.
    #[cfg_attr(
        target_pointer_width = "64",
        expect(clippy::inline_always, reason = "measured: a fifth of the whole")
    )]
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn string(&mut self) -> Option<Span> {
        let start = self.at;
        if cfg!(target_pointer_width = "64") {
            self.visible = true;
            loop {
                self.at = self.at.wrapping_add(visible::run(split(self.text, self.at).1));
                match self.byte() {
                    b'"' => {
                        let end = self.at;
                        self.step();
                        return Some(Span { start, end });
                    }
                    b' ' => self.visible = false,
                    _ => break,
                }
                self.step();
            }
            self.visible = false;
        }
        self.rest_of_string(start)
    }

    #[cfg_attr(target_pointer_width = "64", cold, inline(never))]
    fn rest_of_string(&mut self, start: usize) -> Option<Span> {
        self.out = self.at;
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
                        return Some(Span { start, end: self.out });
                    }
                    b'\\' => {
                        self.step();
                        self.escape()?;
                        continue;
                    }
                    0x20..=0x7f => {}
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
            let back = self.at;
            let mut second = 0;
            if code < 0xdc00 && self.eat(b'\\') && self.byte() == b'u' {
                second = self.utf16()?;
            }
            if second >> 10 == 0xdc00 >> 10 {
                code = ((code & 0x3ff) << 10 | second & 0x3ff).wrapping_add(0x1_0000);
            } else {
                self.at = back;
                code = char::REPLACEMENT_CHARACTER.into();
            }
        }
        // RFC 3629 §3: so many bytes follow the first, of six bits each.
        let mut more = match code {
            0..0x80 => {
                self.put(code);
                return Some(());
            }
            0x80..0x800 => 1_u32,
            0x800..0x1_0000 => 2,
            _ => 3,
        };
        self.put(0x780 >> more | code >> more.wrapping_mul(6));
        while more > 0 {
            more = more.wrapping_sub(1);
            self.put(0x80 | code >> more.wrapping_mul(6) & 0x3f);
        }
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

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Never beyond the end, where no byte that is asked for stands.
    const fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    const fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// The lowest eight bits of `byte`, which is all there are.
    #[expect(clippy::cast_possible_truncation, reason = "as it says")]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn put(&mut self, byte: u32) {
        if let Some(place) = self.text.get_mut(self.out) {
            *place = byte as u8;
        }
        self.out = self.out.wrapping_add(1);
    }
}
