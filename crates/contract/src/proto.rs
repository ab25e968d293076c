//! The messages and enums of `clarifai.api`, generated from `proto/`.
#![expect(missing_docs, reason = "the fields are described in the .proto files, where they need it")]

include!(concat!(env!("OUT_DIR"), "/clarifai.api.rs"));

/// The messages and enums of `clarifai.api.status`.
pub mod status {
    include!(concat!(env!("OUT_DIR"), "/clarifai.api.status.rs"));
}
