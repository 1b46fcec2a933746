//! `cargo xtask keycloak`.

/// Runs the verb.
pub(crate) fn run(_arguments: &[&str]) -> crate::Result {
    Err("not built yet".into())
}
