//! The plain sibling: a token and nothing else.

use crate::run::{Run, program_of, world};
use keyfob_world::ORDER_SERVICE;

#[test]
fn a_token_and_nothing_else() {
    let world = world();
    let said = program_of("token", &world, ORDER_SERVICE).succeeds();
    let len: usize = said
        .strip_prefix("an Authorization header of ")
        .and_then(|rest| rest.strip_suffix(" bytes\n"))
        .unwrap_or_else(|| panic!("{said}"))
        .parse()
        .unwrap();
    let shown = program_of("token", &world, ORDER_SERVICE).argument("--show-token").succeeds();
    let token = shown.strip_prefix("Access Token: ").and_then(|rest| rest.strip_suffix('\n')).unwrap();
    assert_eq!((token.split('.').count(), "Bearer ".len() + token.len()), (3, len));
    assert_eq!(world.token_requests(), 2);
}

#[test]
fn its_troubles_are_a_line_each() {
    let world = world();
    assert_eq!(Run::of("token").fails(), "set TOKEN_URL, CLIENT_ID and CLIENT_SECRET");
    let line = program_of("token", &world, ORDER_SERVICE).set("CLIENT_SECRET", "wrong").fails();
    assert_eq!(line, "the authorization server said no: unauthorized_client (status 401)");
    let http = world.token_url().replace("https://", "http://");
    let line = program_of("token", &world, ORDER_SERVICE).set("TOKEN_URL", &http).fails();
    assert!(line.starts_with("TOKEN_URL is plain http://"), "{line}");
}
