//! The measuring program behind `cargo xtask bench`.

fn main() {}
