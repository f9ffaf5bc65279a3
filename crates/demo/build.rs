//! The demonstration facts are embedded: a change in them must rebuild the county's crate.

fn main() {
    println!("cargo:rerun-if-changed=../../demo/facts");
}
