//! What clients keep with an input or a dataset.

use serde_json::Value;

use crate::{Error, Result};

/// The most bytes that it has as JSON.
const MOST_BYTES: usize = 64 << 10;
/// The most levels that it is deep.
const MOST_LEVELS: usize = 32;

/// Checks that it is an object of reasonable size.
pub(crate) fn check(metadata: Option<&Value>) -> Result<()> {
    let Some(metadata) = metadata else { return Ok(()) };
    let wrong = |why: String| Err(Error::invalid("metadata", why));
    if !metadata.is_object() {
        return wrong("must be a JSON object".into());
    }
    if !is_within(metadata, MOST_LEVELS) {
        return wrong(format!("must be at most {MOST_LEVELS} levels deep"));
    }
    if metadata.to_string().len() > MOST_BYTES {
        return wrong(format!("must have at most {MOST_BYTES} bytes as JSON"));
    }
    Ok(())
}

fn is_within(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return false };
    match value {
        Value::Array(values) => values.iter().all(|value| is_within(value, below)),
        Value::Object(fields) => fields.values().all(|value| is_within(value, below)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_an_object_of_reasonable_size() {
        assert_eq!(check(Some(&json!({ "weather": ["rain", { "strength": 2 }] }))), Ok(()));
        assert!(check(Some(&json!(["rain"]))).is_err());
        assert!(check(Some(&json!({ "long": "x".repeat(MOST_BYTES) }))).is_err());
        let deep = (0..MOST_LEVELS).fold(json!(1), |inner, _| json!({ "in": inner }));
        assert!(check(Some(&deep)).is_err());
    }
}
