//! A token and nothing else: start, environment, token, exit. The quickstart tells more; `figures` measures this one.

use keyfob_std::Environment;
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match token() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn token() -> Result<(), Box<dyn Error>> {
    let environment = Environment::read()?.ok_or("set TOKEN_URL, CLIENT_ID and CLIENT_SECRET")?;
    let mut source = environment.source()?;
    let token = source.token()?;
    if std::env::args().any(|argument| argument == "--show-token") {
        println!("Access Token: {}", token.expose_token());
    } else {
        println!("an Authorization header of {} bytes", token.header_value().len());
    }
    Ok(())
}
