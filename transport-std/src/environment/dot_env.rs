//! The file `.env`, parsed by the `dotenvy` library, without changing the process's environment. Added here is the number
//! of a line that cannot be understood, for the library shows its text, which may be a secret.

use super::{EnvironmentError, Variable, read_bounded};
use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// The table's variables that the file sets, in its order; none, if there is no such file.
pub(super) fn read(path: &Path) -> Result<Vec<(&'static str, Zeroizing<String>)>, EnvironmentError> {
    let text = match read_bounded(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(EnvironmentError::DotEnvFile(error.kind())),
    };
    let line = Cell::new(0);
    let lines = Lines { rest: text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text), line: &line };
    let mut found = Vec::new();
    for entry in dotenvy::from_read_iter(lines) {
        match entry {
            Ok((name, mut value)) => match Variable::named(&name) {
                Some(variable) => found.push((variable.name(), Zeroizing::new(value))),
                None => value.zeroize(),
            },
            Err(dotenvy::Error::LineParse(mut text, _)) => {
                // An entry may span lines, and the last one is where the parser stands: back to where it began.
                let before = text.lines().count().saturating_sub(1);
                text.zeroize();
                return Err(EnvironmentError::DotEnvLine(line.get().saturating_sub(before)));
            }
            Err(_) => return Err(EnvironmentError::DotEnvLine(line.get())),
        }
    }
    Ok(found)
}

/// Hands the text out line by line, so that it is known which one the parser has come to.
struct Lines<'t> {
    rest: &'t [u8],
    line: &'t Cell<usize>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let line_len = self.rest.iter().position(|byte| *byte == b'\n');
        let line_len = line_len.map_or(self.rest.len(), |at| at.saturating_add(1));
        let (line, _) = self.rest.split_at(line_len.min(buf.len()));
        let n = (&mut &*line).read(buf)?;
        if n == line_len && n > 0 {
            self.line.set(self.line.get().saturating_add(1));
        }
        self.rest = self.rest.get(n..).unwrap_or_default();
        Ok(n)
    }
}
