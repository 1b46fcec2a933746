//! Runs a subject's rounds and nothing else: to be started under callgrind.

fn main() -> Result<(), String> {
    let (subject, rounds) = host::from_command_line()?;
    subject(rounds);
    Ok(())
}
