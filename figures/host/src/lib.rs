//! What is counted, by name: each is run a number of times, and the counting is done from outside.
//!
//! Both sides get the same reply body and the same credentials, and build their client before the first round.

mod canned;
mod keyfob_side;
mod oauth2_side;

/// Runs that many rounds of something.
pub type Rounds = fn(usize);

/// What can be counted.
pub const SUBJECTS: &[(&str, Rounds)] = &[
    ("keyfob", keyfob_side::fetched),
    ("keyfob_canned_transport", keyfob_side::canned_transport),
    ("keyfob_from_memory", keyfob_side::from_memory),
    ("keyfob_from_memory_as_text", keyfob_side::from_memory_as_text),
    ("oauth2", oauth2_side::fetched),
    ("oauth2_canned_client", oauth2_side::canned_client),
];

/// The rounds of the subject that the command line names: `subject rounds`.
///
/// # Errors
/// A subject that doesn't exist, or no number: what may be said.
pub fn from_command_line() -> Result<(Rounds, usize), String> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let subject = SUBJECTS.iter().find(|(known, _)| *known == name).map(|(_, rounds)| *rounds);
    let rounds = arguments.next().and_then(|number| number.parse().ok());
    let names = || SUBJECTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" | ");
    subject.zip(rounds).ok_or_else(|| format!("give one of {} and a number of rounds", names()))
}
