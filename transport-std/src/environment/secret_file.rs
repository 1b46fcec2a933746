//! The file that `CLIENT_SECRET_FILE` names: read without leaving copies, at start and again when the secret is refused.

use super::{EnvironmentError, Variable};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// A longer file is no secret.
const MAX_LEN: usize = 4096;

pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, EnvironmentError> {
    // Made once at its full size: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; MAX_LEN.saturating_add(1)]);
    let len = fill(path, &mut bytes)
        .map_err(|error| EnvironmentError::File(Variable::ClientSecretFile, error.kind()))?;
    if len > MAX_LEN {
        return Err(EnvironmentError::SecretFile);
    }
    let text = bytes.get(..len).unwrap_or_default();
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    match std::str::from_utf8(text) {
        Ok(secret) if !secret.is_empty() => Ok(Zeroizing::new(secret.to_owned())),
        _ => Err(EnvironmentError::SecretFile),
    }
}

fn fill(path: &Path, bytes: &mut [u8]) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut len = 0_usize;
    while let Some(rest) = bytes.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(n) => len = len.saturating_add(n),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}
