//! The gate `fresh-lock`: a build without our lock file. Users never see it, so a dependency's new version can break
//! them while everything here stays green.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{root, succeed, tree};
use crate::Result;

/// Copies the tree without its lock file and checks the published crates there.
pub(super) fn check() -> Result {
    let root = root();
    let copy = root.join("target/fresh-lock");
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    }
    for file in tree::files()?.iter().filter(|file| **file != Path::new("Cargo.lock")) {
        let to = copy.join(file);
        let folder = to.parent().unwrap_or(&copy);
        fs::create_dir_all(folder)
            .and_then(|()| fs::copy(root.join(file), &to))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut cargo = Command::new("cargo");
    cargo
        .args(["check", "--package", "keyfob", "--package", "keyfob-std", "--all-features"])
        .current_dir(&copy);
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        // What has the same version in both lock files is built once.
        cargo.arg("--target-dir").arg(root.join("target"));
    }
    println!("$ {cargo:?} # in {}", copy.display());
    succeed(&mut cargo)
}
