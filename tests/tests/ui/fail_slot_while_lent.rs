//! A token is lent by its slot: while it is, the slot can't be given another one.
use keyfob::{Client, ClientAuth, Link, Moment, Slot, TokenRequest, endpoint};
use keyfob_tests::modem::Modem;

fn main() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut client = Client::new(endpoint!("https://id.example/token"), ClientAuth::secret_post("a", "b"));
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([]), || Moment::at_millis(0), &mut scratch);
    let first = client.token(&mut link, &mut slot).unwrap();
    let second = client.token(&mut link, &mut slot).unwrap();
    assert_eq!(first.header_value(), second.header_value());
}
