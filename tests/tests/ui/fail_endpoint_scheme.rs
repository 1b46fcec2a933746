//! A URL that isn't https fails the build.
const _: keyfob::Endpoint = keyfob::endpoint!("http://id.example/token");

fn main() {}
