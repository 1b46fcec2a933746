//! Start, a token from the environment's server, exit: the quickstart without its show.

use keyfob_std::Environment;
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match token() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn token() -> Result<(), Box<dyn Error>> {
    let environment = Environment::read()?.ok_or("set TOKEN_URL, CLIENT_ID and CLIENT_SECRET")?;
    let mut source = environment.source()?;
    let (token, _) = source.lend()?;
    println!("a token of {} bytes", token.expose_token().len());
    Ok(())
}
