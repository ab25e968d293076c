//! The binary `atelier`: configuration, sessions, REST, gRPC and pages on one port.
fn main() {}
