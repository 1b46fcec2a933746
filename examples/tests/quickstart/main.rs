//! Runs the examples' binaries as a user would: a clean environment, an empty folder, a world to talk to.

mod run;

mod alone;
mod environment;
mod server;
mod sibling;
