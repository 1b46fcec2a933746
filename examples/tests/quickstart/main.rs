//! Runs the examples' binaries as a user would: a clean environment, an empty folder, a world to talk to.

mod fake;
mod run;

mod advice;
mod alone;
mod environment;
mod granted;
mod server;
mod sibling;
