//! The program: see the modules.
fn main() {}
