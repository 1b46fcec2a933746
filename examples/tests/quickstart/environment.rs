//! Variables that don't go together, and those that may not be.

use crate::run::{Run, quickstart, quickstart_of, steps, world};
use keyfob_world::{ORDER_SERVICE, World};

fn of(world: &World) -> Run {
    quickstart_of(world, ORDER_SERVICE)
}

#[test]
fn missing_or_contradicting() {
    let world = world();
    assert_eq!(
        quickstart().set("TOKEN_URL", world.token_url()).fails(),
        "the environment sets TOKEN_URL, but not CLIENT_ID and CLIENT_SECRET (CLIENT_SECRET_FILE would do as well)"
    );
    assert_eq!(
        quickstart().set("CA_FILE", "/ca.pem").fails(),
        "the environment sets CA_FILE, but not TOKEN_URL, CLIENT_ID and CLIENT_SECRET (CLIENT_SECRET_FILE would do as well)"
    );
    assert_eq!(
        of(&world).unset("CLIENT_ID").fails(),
        "the environment sets TOKEN_URL, CLIENT_SECRET and CA_FILE, but not CLIENT_ID"
    );
    assert_eq!(
        of(&world).set("CLIENT_SECRET_FILE", "/secret").fails(),
        "CLIENT_SECRET and CLIENT_SECRET_FILE are both set: which one counts?"
    );
    assert_eq!(of(&world).set("CLIENT_ID", "").fails(), "the environment sets CLIENT_ID, but to nothing");
    assert_eq!(
        of(&world).set("CLIENT_AUTH", "basic").fails(),
        "CLIENT_AUTH is neither client_secret_post nor client_secret_basic"
    );
    assert_eq!(
        of(&world).set("CA_FILE", "no-such.pem").fails(),
        "the file that CA_FILE names cannot be read: entity not found"
    );
    assert_eq!(
        quickstart().set("API_URL", world.api_url()).fails(),
        "the environment sets API_URL, but not TOKEN_URL, CLIENT_ID and CLIENT_SECRET"
    );
    assert_eq!(of(&world).set("API_URL", "").fails(), "API_URL is set, but to nothing");
    assert_eq!(
        of(&world).set("API_URL", "payments").fails(),
        "API_URL cannot be used: the endpoint must start with https://"
    );
    assert_eq!(
        of(&world).set("TOKEN_BYTES", "1k").fails(),
        "TOKEN_BYTES is no number of bytes between 0 and 67108864"
    );
    assert_eq!(world.token_requests(), 0, "nothing was sent");
}

#[test]
fn plain_http_to_elsewhere() {
    let world = world();
    // 192.0.2.0/24 is for documentation; nothing may be sent there anyway.
    for url in ["http://192.0.2.1/token", "http://id.example/token", "HTTP://localhost.example:8080/token"] {
        assert_eq!(
            of(&world).set("TOKEN_URL", url).fails(),
            "TOKEN_URL is plain http:// to another computer, and the secret would travel readable for all: use https://"
        );
    }
    assert_eq!(
        of(&world).set("API_URL", "http://192.0.2.1/payments").fails(),
        "API_URL is plain http:// to another computer, which would show the token to all: use https://"
    );
    assert_eq!(world.token_requests(), 0, "nothing was sent");
}

#[test]
fn a_secret_from_a_file_and_variables_from_dot_env() {
    let world = world();
    let secret = world.client_secret(ORDER_SERVICE).unwrap();
    let run = quickstart();
    let (ca, secret) = (run.file("ca.pem", world.ca_pem()), run.file("secret", &format!("{secret}\n")));
    run.file(
        ".env",
        &format!(
            "# how the order service gets its token\nTOKEN_URL={}\nCLIENT_ID=order-service\nCLIENT_SECRET_FILE='{secret}'\n\
             CA_FILE='{ca}'\nAPI_URL={}\n",
            world.token_url(),
            world.api_url()
        ),
    );
    let said = run.succeeds();
    assert_eq!(&steps(&said)[..2], ["fetched 200", "called 200"], "{said}");

    let run = quickstart();
    run.file(".env", "CLIENT_SECRET=two words\n");
    assert_eq!(run.fails(), ".env cannot be understood at line 1");
}
