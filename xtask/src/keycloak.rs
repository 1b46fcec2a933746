//! `cargo xtask keycloak up | down | test`: the verbs, and where their files lie. How each step is done stands in the
//! files below, in the order in which `up` needs them.

mod certificates;
mod distribution;
mod ready;
mod realm;
mod server;
mod suite;

use std::path::PathBuf;

use crate::Result;
use server::{Ports, Running};

const USAGE: &str = "\
cargo xtask keycloak up            start Keycloak with the project's realm, print what to paste
cargo xtask keycloak down          stop it
cargo xtask keycloak test [ARG…]   run the suite against it; arguments go to the test binary

KEYFOB_KEYCLOAK_HTTPS_PORT (8543) and KEYFOB_KEYCLOAK_HTTP_PORT (8180) move it; 0 takes a free port.
";

/// Runs the verb.
pub(crate) fn run(arguments: &[&str]) -> Result {
    match arguments {
        ["up"] => up(),
        ["down"] => down(),
        ["test", rest @ ..] => suite::run(rest),
        _ => Err(USAGE.into()),
    }
}

/// Starts the server unless it runs, waits until it serves the realm, and prints the variables. They alone go to
/// standard output, so that a shell can evaluate it.
fn up() -> Result {
    let running = match Running::find() {
        Some(running) => {
            eprintln!("Keycloak runs already (process {}).", running.pid);
            ready::wait(&running)?;
            running
        }
        None => start()?,
    };
    println!("export TOKEN_URL={}", running.ports.token_url());
    println!("export CLIENT_ID={}", realm::FIRST_CLIENT);
    println!("export CLIENT_SECRET={}", realm::secret(realm::FIRST_CLIENT));
    println!("export CA_FILE='{}'", certificates::ca_file().display());
    println!("# stop it with: cargo xtask keycloak down");
    Ok(())
}

fn start() -> Result<Running> {
    let ports = Ports::from_environment()?;
    let home = distribution::ready_to_start()?;
    certificates::make_if_old()?;
    realm::write(&home)?;
    let running = server::start(&home, ports)?;
    eprintln!("Starting Keycloak (process {}, log {}) …", running.pid, server::log_file().display());
    ready::wait(&running)?;
    Ok(running)
}

/// Stops the server and waits until it is gone.
fn down() -> Result {
    match Running::find() {
        Some(running) => {
            running.stop()?;
            eprintln!("Keycloak is stopped.");
        }
        None => eprintln!("Keycloak does not run."),
    }
    Ok(())
}

/// All files of the server: always in the workspace's own `target/`, wherever cargo builds to, so that `down` finds
/// what `up` started.
fn folder() -> PathBuf {
    workspace().join("target/keycloak")
}

fn workspace() -> PathBuf {
    // xtask lies directly below the root of the workspace.
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// Says which file could not be read or written.
fn at(path: &std::path::Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
