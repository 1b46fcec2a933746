//! A token does not outlive its slot, which wipes it.
use keyfob::{Instant, Slot, TokenRequest};

fn main() {
    let mut memory = [0; 256];
    let token = {
        let slot = Slot::new(TokenRequest::new(), &mut memory);
        slot.token(Instant::from_millis(0)).unwrap()
    };
    println!("{}", token.header_str());
}
