//! Builds the workspaces of figures/ with the one toolchain that the figures belong to.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes and instructions change with the compiler, so they are measured with this one. Raise it with the figures.
pub(super) const RUSTC: &str = "1.95.0";

/// The project's root.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Builds packages of `figures/<workspace>` in release mode; returns the folder of the binaries.
pub(super) fn release(
    root: &Path,
    workspace: &str,
    packages: &[&str],
    target: Option<&str>,
) -> crate::Result<PathBuf> {
    let target_dir =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("figures");
    let target_dir = target_dir.join(workspace);
    let mut cargo = cargo()?;
    cargo.args(["build", "--quiet", "--locked", "--release", "--manifest-path"]);
    cargo.arg(root.join("figures").join(workspace).join("Cargo.toml")).arg("--target-dir").arg(&target_dir);
    for package in packages {
        cargo.args(["--package", package]);
    }
    if let Some(target) = target {
        cargo.args(["--target", target]);
    }
    finish(&mut cargo)?;
    Ok(target.map_or(target_dir.clone(), |target| target_dir.join(target)).join("release"))
}

/// cargo of the right version: the one at hand, or rustup's. Flags from outside would change what is measured.
fn cargo() -> crate::Result<Command> {
    let mut rustc = Command::new("rustc");
    let at_hand = output(rustc.arg("--version"))?;
    let mut cargo = Command::new("cargo");
    if at_hand.split(' ').nth(1) != Some(RUSTC) {
        cargo.arg(format!("+{RUSTC}")).env_remove("RUSTUP_TOOLCHAIN");
    }
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    Ok(cargo)
}

/// Runs it; anything but success is an error.
pub(super) fn finish(command: &mut Command) -> crate::Result {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(missing(command, &error)),
    }
}

/// What it printed; anything but success is an error.
pub(super) fn output(command: &mut Command) -> crate::Result<String> {
    let output = command.output().map_err(|error| missing(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}

/// Says how to install what isn't there.
pub(super) fn missing(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    let install = match program.as_ref() {
        "valgrind" => "; install it: apt-get install -y valgrind",
        "qemu-system-arm" => "; install it: apt-get install -y qemu-system-arm",
        _ => "",
    };
    format!("{program}: {error}{install}")
}
