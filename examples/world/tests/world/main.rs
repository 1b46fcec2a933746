//! The world seen from outside, by clients that share no code with it.

mod client;
mod endpoint;
mod payments;
mod switches;
mod token;
mod wire;
