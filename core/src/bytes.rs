//! What bytes are and how they compare: sets of ASCII characters, texts that differ only in case, names in a list; and splits
//! that link no panic.

/// ASCII characters: looked up in a few instructions where ranges would be compared one by one. One bit each, or where
/// time is dearer than memory, one byte.
pub(crate) struct ByteSet(Table);

#[cfg(not(target_pointer_width = "64"))]
type Table = [u32; 8];
#[cfg(target_pointer_width = "64")]
type Table = [bool; 256];

impl ByteSet {
    /// Letters, digits, and these.
    pub(crate) const fn alphanumeric_and(mut marks: &[u8]) -> Self {
        let mut set = Self(EMPTY);
        let mut byte = 0;
        while byte < 128_u8 {
            if byte.is_ascii_alphanumeric() {
                set = set.with(byte);
            }
            byte = byte.wrapping_add(1);
        }
        while let Some((mark, rest)) = marks.split_first() {
            set = set.with(*mark);
            marks = rest;
        }
        set
    }
}

#[cfg(not(target_pointer_width = "64"))]
const EMPTY: Table = [0; 8];
#[cfg(target_pointer_width = "64")]
const EMPTY: Table = [false; 256];

#[cfg(not(target_pointer_width = "64"))]
impl ByteSet {
    const fn with(mut self, byte: u8) -> Self {
        if let Some((_, [word, ..])) = self.0.split_at_mut_checked((byte >> 5) as usize) {
            *word |= 1 << (byte & 31);
        }
        self
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 5)).is_some_and(|word| word >> (byte & 31) & 1 == 1)
    }
}

#[cfg(target_pointer_width = "64")]
impl ByteSet {
    const fn with(mut self, byte: u8) -> Self {
        if let Some((_, [place, ..])) = self.0.split_at_mut_checked(byte as usize) {
            *place = true;
        }
        self
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

/// As `==`, where flash is dear: two bytes at a time are dearer than no `memcmp` at all.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn is_same(a: &[u8], b: &[u8]) -> bool {
    if cfg!(target_pointer_width = "64") {
        a == b
    } else {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
    }
}

/// As `eq_ignore_ascii_case`, in one place.
#[inline(never)]
pub(crate) fn is_same_text(a: &[u8], b: &[u8]) -> bool {
    // Most texts come as they are known; where bytes come many at a time, that is soon seen.
    cfg!(target_pointer_width = "64") && a == b || a.eq_ignore_ascii_case(b)
}

/// Where among `names`, with one space between them, `name` stands; `same` says what that is. A list is one text, since each
/// pointer to a text would be as long as most of the names.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn position(names: &str, name: &[u8], same: fn(&[u8], &[u8]) -> bool) -> Option<usize> {
    names.as_bytes().split(|byte| *byte == b' ').position(|known| same(known, name))
}

/// Names of which each text is looked for in a hurry: beside the list, each for itself, where memory is cheaper than time.
pub(crate) struct Names<const N: usize> {
    list: &'static str,
    each: [&'static [u8]; N],
}

impl<const N: usize> Names<N> {
    /// Of a list as [`position`] takes it, of `N` names.
    pub(crate) const fn of(list: &'static str) -> Self {
        let (mut each, mut rest, mut at): ([&[u8]; N], _, _) = ([b""; N], list.as_bytes(), 0_usize);
        let mut name = rest;
        while let [byte, after @ ..] = rest {
            rest = after;
            if *byte == b' ' || rest.is_empty() {
                let end = if *byte == b' ' { rest.len().saturating_add(1) } else { 0 };
                if let Some((_, [place, ..])) = each.split_at_mut_checked(at) {
                    *place = split(name, name.len().saturating_sub(end)).0;
                }
                (name, at) = (rest, at.saturating_add(1));
            }
        }
        Self { list, each }
    }

    /// Where it stands, to the letter.
    pub(crate) fn position(&self, name: &[u8]) -> Option<usize> {
        if cfg!(target_pointer_width = "64") {
            self.each.iter().position(|known| *known == name)
        } else {
            position(self.list, name, is_same)
        }
    }
}

/// Whether a field's value may hold it (RFC 9110 §5.5): visible characters, spaces and tabs, and bytes beyond ASCII, whose
/// meaning is open.
pub(crate) const fn is_field_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

/// Whether it can be a field's value: bytes that one may hold, and not none.
pub(crate) const fn is_field_value(mut text: &[u8]) -> bool {
    let mut all = !text.is_empty();
    // No way out of the loop: a host's compiler turns it into vectors.
    while let Some((byte, rest)) = text.split_first() {
        all &= is_field_byte(*byte);
        text = rest;
    }
    all
}

/// As `split_at`, at the end where that is nearer. The place is always within, but only so does the compiler see it, and
/// link no panic; a `get` that says nothing costs more than this.
pub(crate) const fn split<T>(bytes: &[T], at: usize) -> (&[T], &[T]) {
    bytes.split_at(if at < bytes.len() { at } else { bytes.len() })
}

/// The same, to write on.
pub(crate) const fn split_mut(bytes: &mut [u8], at: usize) -> (&mut [u8], &mut [u8]) {
    bytes.split_at_mut(if at < bytes.len() { at } else { bytes.len() })
}
