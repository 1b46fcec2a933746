//! A URL with an unfilled placeholder fails the build.
const _: keyfob::Endpoint = keyfob::endpoint!("https://id.example/realms/{realm}/token");

fn main() {}
