//! Programs as users write them. What reads badly here reads badly for users.

mod at_modem;
mod board;
mod by_hand;
mod host;
mod lending_tls;
mod one_token;
mod secrets_at_run_time;
mod several;
mod twins;

/// What a program that runs to its end returns, over a transport that cannot fail by itself.
type Outcome = Result<(), keyfob::Error<std::convert::Infallible>>;
