//! Rebuilds the release binary when the browser bundle inside it has changed.

fn main() {
    println!("cargo:rerun-if-env-changed=ATELIER_SITE");
    // A debug binary reads the bundle from the disk; watching it would only cost time.
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    match std::env::var("ATELIER_SITE") {
        Ok(site) if release => println!("cargo:rerun-if-changed={site}/manifest.json"),
        _ => println!("cargo:rerun-if-changed=build.rs"),
    }
}
