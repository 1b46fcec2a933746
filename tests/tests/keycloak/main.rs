//! The public surface against a real Keycloak: `cargo xtask keycloak test` starts it and runs this, one test at a time.
//!
//! What the realm holds, and what it answers, stands in `tests/keycloak/README.md`. Nothing here skips: without the
//! variables that the runner sets, each test fails and says so.

mod device;
mod realm;
mod relay;

mod calls;
mod capacity;
mod characters;
mod connection;
mod environment;
mod issued;
mod quickstart;
mod rejected;
mod renewal;
mod restart;
mod roles;
mod trust;
