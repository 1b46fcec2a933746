//! Scratch belongs to its link: nobody reads secrets there meanwhile.
use keyfob::{Link, Moment};

fn main() {
    let mut scratch = [0; 512];
    let link = Link::new((), || Moment::at_millis(0), &mut scratch);
    println!("{:?}", scratch);
    drop(link);
}
