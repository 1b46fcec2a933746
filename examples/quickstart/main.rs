//! The quickstart's door: arguments, whose servers to talk to, and how it ends. What happens is `steps`' affair.
//!
//! `cargo run --example quickstart` starts an authorization server and a payment service of its own and shows a token's
//! life with them. With `TOKEN_URL`, `CLIENT_ID` and `CLIENT_SECRET` it does the same with that server.

mod advice;
mod granted;
mod roles;
mod scene;
mod settings;
mod steps;
mod timeline;
mod watch;

use advice::Trouble;
use keyfob_std::Environment;
use keyfob_world::{ORDER_SERVICE, World, WorldOptions};
use scene::Scene;
use settings::Settings;
use std::process::ExitCode;
use timeline::Timeline;

const HELP: &str = "\
Shows a token's life: fetched, used, kept, refused, renewed.

Usage: cargo run --example quickstart [-- --show-token]

With nothing set it starts an authorization server and a payment service on this computer.
With these variables, or a file .env that sets them, it talks to your server:

  TOKEN_URL           the token endpoint: https://… (http:// only on this computer)
  CLIENT_ID           the client's identifier
  CLIENT_SECRET       its secret, or
  CLIENT_SECRET_FILE  a file that holds it
  SCOPE, AUDIENCE     what is asked for, and for whom (optional)
  CLIENT_AUTH         client_secret_post (the default) or client_secret_basic
  CA_FILE             root certificates in PEM, trusted instead of the platform's (optional)
  API_URL             a resource to GET with the token (optional)
  TOKEN_BYTES         memory for the token with its \"Bearer \", in bytes (default 16384)
  SCRATCH_BYTES       memory for a request and its reply, in bytes (default 20480)

  --show-token        prints the whole access token; anyone who reads it can use it
  --help              prints this

Exit code 0: all went well. 1: something didn't; one line on stderr says what, and who can mend it.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            timeline::complain(&trouble);
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Trouble> {
    let mut show_token = false;
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--show-token") => show_token = true,
            Some("--help" | "-h") => {
                timeline::say(HELP);
                return Ok(());
            }
            _ => return Err(Trouble::Argument(argument)),
        }
    }
    let environment = Environment::read()?;
    let settings = Settings::read(show_token)?;
    let mut timeline = Timeline::start();
    if let Some(environment) = environment {
        let scene = Scene::of_environment(&environment, &settings)?;
        return steps::run(scene, &settings, &mut timeline);
    }
    if settings.api_url.is_some() {
        return Err(Trouble::ApiAlone);
    }
    let world = World::start(WorldOptions::default()).map_err(Trouble::World)?;
    let secret = world.client_secret(ORDER_SERVICE).unwrap_or_default();
    let scene = Scene::of_world(&world, &secret)?;
    steps::run(scene, &settings, &mut timeline)
}
