//! Links with cortex-m-rt's memory layout.

fn main() {
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}
