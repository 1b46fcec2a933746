//! A board has one stream: a second can't be opened while the first lives.
use keyfob::endpoint;
use keyfob_tests::board::Board;
use keyfob_tests::network::Network;

fn main() {
    let mut board = Board::new(&Network::new([]));
    let first = board.open(endpoint!("https://id.example/token"));
    let second = board.open(endpoint!("https://api.example/telemetry"));
    drop((first, second));
}
