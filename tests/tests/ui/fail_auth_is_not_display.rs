//! Credentials cannot be printed by accident, nor compared byte by byte.
use keyfob::ClientAuth;

fn main() {
    let auth = ClientAuth::secret_post("sensor-17", "s3cret");
    println!("{auth}");
    assert!(auth == auth);
}
