//! A reader of the files under `vectors/`, whose README says how they are written. What a vector means is its test's
//! affair.

use std::path::Path;

/// One vector of a block file.
#[derive(Debug)]
pub struct Vector {
    /// Its name, with the file it is from.
    pub name: String,
    /// The bytes of its `>` and `+` lines.
    pub bytes: Vec<u8>,
    /// Its `key: value` lines.
    settings: Vec<(String, String)>,
    /// Its `=` lines, joined by a line feed.
    pub verdict: String,
}

impl Vector {
    /// The value of its `key:` line.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings(key).next()
    }

    /// The values of all of its `key:` lines.
    pub fn settings(&self, key: &str) -> impl Iterator<Item = &str> {
        let of_key = self.settings.iter().filter(move |(name, _)| name == key);
        of_key.map(|(_, value)| value.as_str())
    }
}

/// The vectors of a block file.
///
/// # Panics
/// It cannot be read.
#[must_use]
pub fn blocks(file: &str) -> Vec<Vector> {
    let mut vectors: Vec<Vector> = Vec::new();
    for (number, line) in (1..).zip(text(file).lines()) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            vectors.push(Vector {
                name: format!("{file}: {name}"),
                bytes: Vec::new(),
                settings: Vec::new(),
                verdict: String::new(),
            });
            continue;
        }
        let vector = vectors.last_mut().expect("a vector begins with its [name]");
        if let Some(text) = line.strip_prefix("> ") {
            vector.bytes.extend(bytes(text));
            vector.bytes.extend(b"\r\n");
        } else if line == ">" {
            vector.bytes.extend(b"\r\n");
        } else if let Some(text) = line.strip_prefix("+ ") {
            vector.bytes.extend(bytes(text));
        } else if let Some(verdict) = line.strip_prefix("= ") {
            if !vector.verdict.is_empty() {
                vector.verdict.push('\n');
            }
            vector.verdict.push_str(verdict);
        } else if let Some((key, value)) = line.split_once(": ") {
            vector.settings.push((key.into(), value.into()));
        } else {
            panic!("{file}, line {number}: what is {line:?}?");
        }
    }
    for vector in &vectors {
        assert!(!vector.verdict.is_empty(), "{} has no verdict", vector.name);
    }
    assert!(!vectors.is_empty(), "{file} is empty");
    vectors
}

/// The rows of a table file: cells between ` | `, as they are written.
///
/// # Panics
/// It cannot be read, or a row has another number of cells.
#[must_use]
pub fn rows<const N: usize>(file: &str) -> Vec<[String; N]> {
    let rows: Vec<[String; N]> = text(file)
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<String> = line.split(" | ").map(|cell| cell.trim().to_owned()).collect();
            cells.try_into().unwrap_or_else(|_| panic!("{file}: {line:?} has not {N} cells"))
        })
        .collect();
    assert!(!rows.is_empty(), "{file} is empty");
    rows
}

/// The bytes of a text in which `{{…}}` stands for bytes in hexadecimal, `{{20*3000}}` for one of them many times, and
/// `{{}}` for nothing.
///
/// # Panics
/// What is between the braces is something else.
#[must_use]
pub fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (escape, after) = after.split_once("}}").expect("what {{ opens, }} closes");
        bytes.extend(before.as_bytes());
        for item in escape.split_whitespace() {
            let (byte, times) = item.split_once('*').unwrap_or((item, "1"));
            let byte = u8::from_str_radix(byte, 16).expect("a byte in hexadecimal");
            bytes.extend(std::iter::repeat_n(byte, times.parse().expect("a number")));
        }
        rest = after;
    }
    bytes.extend(rest.as_bytes());
    bytes
}

/// As [`bytes`], of what is text.
///
/// # Panics
/// It is no UTF-8.
#[must_use]
pub fn unescaped(text: &str) -> String {
    String::from_utf8(bytes(text)).expect("text")
}

fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
