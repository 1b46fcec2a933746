//! Inside a function too, which is where most will write it.
fn main() {
    let _ = keyfob::endpoint!("https://user:secret@id.example/token");
}
