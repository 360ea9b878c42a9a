//! The program that the browser starts.

fn main() {
    frontend::start();
}
