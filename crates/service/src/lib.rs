//! What the product does: one file per operation.
