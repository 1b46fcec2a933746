//! An image that can panic: the proof that the count of panics can find one.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    let port = rig::port::Port::open();
    let place = core::hint::black_box(&[1, 2, 3][..]);
    core::hint::black_box(place[core::hint::black_box(port_byte(port))]);
    loop {}
}

fn port_byte(mut port: rig::port::Port) -> usize {
    let mut byte = [0];
    let Ok(_) = embedded_io::Read::read(&mut port, &mut byte);
    usize::from(byte[0])
}
