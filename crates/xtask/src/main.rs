//! Build, run and test Atelier on a fresh machine.
fn main() {}
