//! Writes `Answer` for what the served RPCs return.

use std::collections::BTreeSet;

use prost_reflect::DescriptorPool;

use crate::names;

/// The implementations, as Rust. A response without a `status` does not compile, which is what we want.
pub(crate) fn implementations(pool: &DescriptorPool) -> String {
    let answers: BTreeSet<String> = pool
        .services()
        .flat_map(|service| {
            service.methods().map(|method| names::message(&method.output())).collect::<Vec<_>>()
        })
        .collect();
    answers.iter().map(|answer| implementation(answer)).collect()
}

fn implementation(answer: &str) -> String {
    format!(
        "impl crate::Answer for {answer} {{
            fn status(&self) -> Option<&crate::proto::status::Status> {{ self.status.as_ref() }}
            fn set_status(&mut self, status: crate::proto::status::Status) {{ self.status = Some(status); }}
        }}\n"
    )
}
