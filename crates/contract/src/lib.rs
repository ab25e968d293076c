//! The wire: generated types, JSON mapping, and the REST and gRPC gateway.
//!
//! The messages are described in `proto/` in our own words; [`proto`] holds their Rust types and [`json`] their JSON.
//! [`Gateway`] turns the endpoint table of the domain and a handler for each RPC into a router.

mod failure;
pub mod gateway;
pub mod json;
pub mod openapi;
pub mod proto;
mod schema;
pub mod status;

pub use failure::Failure;
pub use gateway::{Call, Credential, Gateway, Transport};
pub use status::StatusCode;

/// What an RPC answers: a message that says how the request went.
pub trait Answer: prost::Message + prost::Name + Default + serde::Serialize + 'static {
    /// How the request went, if that is said yet.
    fn status(&self) -> Option<&proto::status::Status>;
    /// Says how the request went.
    fn set_status(&mut self, status: proto::status::Status);
}

include!(concat!(env!("OUT_DIR"), "/answers.rs"));
