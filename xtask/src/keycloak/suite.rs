//! `cargo xtask keycloak test`: the suite in `tests/`, with a server to run against and the means to stop and start it.

use std::process::Command;

use super::server::Running;
use super::{certificates, realm, workspace};
use crate::Result;

/// Runs the suite; `arguments` go to its test binary.
///
/// # Errors
/// The server cannot be started or stopped, or a test failed.
pub(super) fn run(arguments: &[&str]) -> Result {
    // Before the server: a suite that doesn't compile says so at once.
    finish(suite().arg("--no-run"))?;
    finish(&mut quickstart())?;
    let found = Running::find();
    let started_here = found.is_none();
    // By a process of its own, also here: the server must not be this process's child, which would have to collect
    // its exit status when the suite stops it.
    itself("up")?;
    let running = found.or_else(Running::find).ok_or("the server has just been started and is gone")?;
    let outcome = against(&running, arguments);
    if started_here {
        itself("down")?;
    }
    outcome
}

fn itself(verb: &str) -> Result {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let ended = Command::new(program).args(["keycloak", verb]).stdout(std::process::Stdio::null()).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        // It has said why.
        Ok(_) => Err(format!("`cargo xtask keycloak {verb}` failed")),
        Err(error) => Err(error.to_string()),
    }
}

fn against(running: &Running, arguments: &[&str]) -> Result {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let ports = running.ports;
    let mut suite = suite();
    suite
        // One test at a time: one of them stops the server.
        .args(["--", "--test-threads=1"])
        .args(arguments)
        .env("KEYFOB_KEYCLOAK_URL", ports.url())
        .env("KEYFOB_KEYCLOAK_HTTP_URL", ports.insecure_url())
        .env("KEYFOB_KEYCLOAK_REALM", realm::NAME)
        .env("KEYFOB_KEYCLOAK_CA_FILE", certificates::ca_file())
        .env("KEYFOB_XTASK", program)
        // A server that the suite starts again comes back where it was.
        .env("KEYFOB_KEYCLOAK_HTTPS_PORT", ports.https.to_string())
        .env("KEYFOB_KEYCLOAK_HTTP_PORT", ports.http.to_string());
    finish(&mut suite)
}

/// The suite is behind a feature: plain `cargo test` must not need Java.
fn suite() -> Command {
    cargo(&["test", "--package", "keyfob-tests", "--features", "keycloak", "--test", "keycloak"])
}

/// The suite runs this program too, and finds it beside its own.
fn quickstart() -> Command {
    cargo(&["build", "--package", "keyfob-examples", "--example", "quickstart"])
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(workspace());
    // They speak of this package. ring's build script watches them, and would build it anew whenever cargo is called
    // from here and from a shell in turn.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

fn finish(cargo: &mut Command) -> Result {
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the Keycloak suite failed".into()),
        Err(error) => Err(format!("cargo could not be run: {error}")),
    }
}
