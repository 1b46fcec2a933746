//! The gate `tree`: what the files of the project look like, whatever stands in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::root;
use crate::Result;

/// Where comfort ends; tests may be longer, their cases stand one below the other.
const LINES: usize = 400;

/// Looks at every file and names all that is wrong.
pub(super) fn check() -> Result {
    let root = root();
    let home = std::env::var("HOME").unwrap_or_default();
    let ours = [root.display().to_string(), home].map(|path| format!("{}/", path.trim_end_matches('/')));
    let mut wrong = Vec::new();
    for file in files()? {
        let bytes = fs::read(root.join(&file)).map_err(|error| format!("{}: {error}", file.display()))?;
        let Ok(text) = String::from_utf8(bytes) else { continue };
        wrong.extend(look(&file, &text, &ours).into_iter().map(|what| format!("{}: {what}", file.display())));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// All files that belong to the project, committed or about to be.
pub(super) fn files() -> Result<Vec<PathBuf>> {
    let root = root();
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !listed.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr)));
    }
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let there = |file: &PathBuf| root.join(file).is_file();
    Ok(listed.split_terminator('\0').map(PathBuf::from).filter(there).collect())
}

/// What is wrong with one file.
fn look(file: &Path, text: &str, ours: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in ours.iter().filter(|path| path.len() > 2 && text.contains(path.as_str())) {
        wrong.push(format!("it speaks of {path}, a place on one machine"));
    }
    if file.extension().is_none_or(|extension| extension != "rs") {
        return wrong;
    }
    let of_tests = file.components().any(|part| part.as_os_str() == "tests");
    let lines = text.lines().count();
    if lines > LINES && !of_tests {
        wrong.push(format!("{lines} lines; a room has {LINES} at most"));
    }
    if !text.starts_with("//!") && !of_tests {
        wrong.push("its first line doesn't say what lives there (`//!`)".into());
    }
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start().to_lowercase();
        let doc = line.starts_with("///") || line.starts_with("//!");
        if doc && line.contains("todo") {
            wrong.push(format!("line {}: the docs promise what is still to do", number + 1));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> usize {
        look(Path::new(file), text, &["/some/where/".into()]).len()
    }

    #[test]
    fn each_rule_finds_what_breaks_it() {
        assert_eq!(found("core/src/a.rs", "//! Good.\n/// Fine.\nfn a() {}\n"), 0);
        assert_eq!(found("core/src/a.rs", "fn a() {}\n"), 1);
        assert_eq!(found("core/src/a.rs", &("//! Long.\n".to_owned() + &"\n".repeat(400))), 1);
        assert_eq!(found("tests/tests/a.rs", &"\n".repeat(401)), 0);
        assert_eq!(found("core/src/a.rs", &format!("//! a\n/// {}O: later\n", "TOD")), 1);
        assert_eq!(found("README.md", "see /some/where/else"), 1);
        assert_eq!(found("README.md", "see /somewhere/else"), 0);
    }
}
