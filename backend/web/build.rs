//! Builds again when the frontend was built anew: its files have other names each time, so that the embedded ones alone
//! would not tell.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A development build reads the files as they are on the disk.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../dist");
    }
}
