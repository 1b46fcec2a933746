//! A token that is other than what was asked for, or that shows nothing of itself: still a success.

use crate::fake::{Fake, token};
use crate::run::{line, quickstart_of, world};
use keyfob_world::ORDER_SERVICE;

/// The details of the token in a run that goes well.
fn details(members: &str, scope: Option<&str>) -> Vec<String> {
    let fake = Fake::plain(token(&format!(r#""token_type":"Bearer",{members}"#)));
    let mut run = fake.quickstart();
    if let Some(scope) = scope {
        run = run.set("SCOPE", scope);
    }
    let said = run.succeeds();
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    said.lines().filter_map(|line| line.strip_prefix(&" ".repeat(20))).map(ToOwned::to_owned).collect()
}

/// `details` without what the token shows.
fn scope_details(members: &str, scope: Option<&str>) -> Vec<String> {
    details(members, scope).split_off(2)
}

#[test]
fn a_scope_that_was_cut_down() {
    let reply = r#""expires_in":60,"scope":"read""#;
    assert_eq!(
        scope_details(reply, Some("write read admin")),
        ["scope  granted: read", "       not granted: admin, write"]
    );
    // Something else altogether, and more than was asked for.
    assert_eq!(scope_details(reply, Some("write")), ["scope  granted: read", "       not granted: write"]);
    assert_eq!(
        scope_details(r#""scope":"email read profile""#, Some("read")),
        ["scope  granted: email, read, profile"]
    );
}

#[test]
fn a_scope_as_it_was_asked_for() {
    let none: [&str; 0] = [];
    // In another order; not named, which means the same (RFC 6749 section 5.1); or none was asked for.
    assert_eq!(scope_details(r#""scope":"read write""#, Some("write read")), none);
    assert_eq!(scope_details(r#""expires_in":60"#, Some("write read")), none);
    assert_eq!(scope_details(r#""scope":"read""#, None), none);
}

#[test]
fn a_scope_that_a_terminal_or_a_line_would_not_bear() {
    assert_eq!(
        scope_details(r#""scope":"a\u001b[31mb""#, Some("a")),
        ["scope  granted: a\u{fffd}[31mb", "       not granted: a"]
    );
    let many: Vec<_> = (0..50).map(|number| format!("scope-{number:02}")).collect();
    let [granted] = &scope_details(&format!(r#""scope":"{}""#, many.join(" ")), Some("scope-00"))[..] else {
        panic!("one line");
    };
    assert!(
        granted.starts_with("scope  granted: scope-00, scope-01, ") && granted.ends_with(" more"),
        "{granted}"
    );
}

#[test]
fn the_worlds_scopes() {
    let world = world();
    let said = quickstart_of(&world, ORDER_SERVICE).set("SCOPE", "phone").succeeds();
    let granted = said.lines().find(|line| line.contains("granted: ")).unwrap_or_else(|| panic!("{said}"));
    for name in ["email", "phone", "profile"] {
        assert!(granted.contains(name), "{said}");
    }
    assert!(!said.contains("not granted"), "{said}");
}

#[test]
fn a_life_that_is_cut_to_a_day() {
    for (seconds, shown) in
        [("86401", "86,401 s"), ("2592000", "2,592,000 s"), ("99999999999", "4,294,967,295 s or more")]
    {
        let fake = Fake::plain(token(&format!(r#""token_type":"Bearer","expires_in":{seconds}"#)));
        let said = fake.quickstart().succeeds();
        assert!(line(&said, "fetched").ends_with("kept for 86400 s"), "{said}");
        assert!(
            said.contains(&format!(" life   {shown} by the reply; keyfob keeps no token for so long\n")),
            "{said}"
        );
    }
    let fake = Fake::plain(token(r#""token_type":"Bearer","expires_in":86400"#));
    let said = fake.quickstart().succeeds();
    assert!(line(&said, "fetched").ends_with("expires in 86400 s") && !said.contains(" life "), "{said}");
}

#[test]
fn a_token_that_no_client_can_read() {
    let opaque = "roles  unknown: this server's tokens are opaque to clients, which is fine";
    assert_eq!(details(r#""expires_in":60"#, None)[1], opaque);
    // Encrypted: five parts (RFC 7516 section 3.1).
    let encrypted = r#"{"access_token":"e30.e30.e30.e30.e30","token_type":"Bearer"}"#;
    let said = Fake::plain(crate::fake::answer(200, encrypted)).quickstart().succeeds();
    assert!(said.contains(opaque), "{said}");
}
