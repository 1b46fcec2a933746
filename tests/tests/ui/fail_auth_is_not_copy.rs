//! Credentials are moved, or cloned where somebody means it.
use keyfob::ClientAuth;

fn main() {
    let auth = ClientAuth::secret_post("sensor-17", "s3cret");
    let _first = auth;
    let _second = auth;
}
