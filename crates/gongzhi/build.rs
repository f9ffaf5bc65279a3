//! The catalogue and the demonstration facts are embedded: a change in them must rebuild the program.

fn main() {
    println!("cargo:rerun-if-changed=../../catalog");
    println!("cargo:rerun-if-changed=../../demo/facts");
}
