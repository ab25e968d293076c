//! The wire: generated types, JSON mapping, and the REST and gRPC gateway.

pub mod json;
pub mod proto;
mod schema;

/// What an RPC answers: a message that says how the request went.
pub trait Answer: prost::Message + Default + serde::Serialize + 'static {
    /// How the request went, if that is said yet.
    fn status(&self) -> Option<&proto::status::Status>;
    /// Says how the request went.
    fn set_status(&mut self, status: proto::status::Status);
}

include!(concat!(env!("OUT_DIR"), "/answers.rs"));
