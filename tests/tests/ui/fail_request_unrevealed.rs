//! What a request says is only had by naming the channel.
use keyfob::{HttpRequest, endpoint};

fn main() {
    let request = HttpRequest::post(endpoint!("https://id.example/token"), "text/plain", b"secret");
    let _ = request.revealed;
}
