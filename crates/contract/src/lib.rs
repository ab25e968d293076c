//! The wire: generated types, JSON mapping, and the REST and gRPC gateway.
