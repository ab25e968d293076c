//! How a version is to be divided, as clients say it in what they keep with it.

use atelier_domain::Split;
use serde_json::Value;

use crate::{Error, Result};

/// Where it stands.
pub(super) const KEY: &str = "split";

/// The highest seed: numbers travel as JSON has them.
const MOST: u64 = (1 << 53) - 1;

/// The division that `metadata` asks for, if it asks for one: `{"split": {"seed": 7, "train": 0.8, "valid": 0.1, "test":
/// 0.1}}`. A share that is not given is 0.
///
/// # Errors
/// When it cannot be divided so.
pub(super) fn read(metadata: Option<&Value>) -> Result<Option<Split>> {
    let Some(given) = metadata.and_then(|metadata| metadata.get(KEY)) else { return Ok(None) };
    let wrong = |why: String| Error::invalid("metadata.split", why);
    let fields = given.as_object().ok_or_else(|| {
        wrong("must be an object with a `seed` and shares of `train`, `valid` and `test`".into())
    })?;
    let known = ["seed", "train", "valid", "test"];
    if let Some(other) = fields.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(wrong(format!("has `{other}`, which is none of seed, train, valid and test")));
    }
    let seed = fields.get("seed").and_then(whole);
    let seed = seed.ok_or_else(|| wrong(format!("must have a `seed`: a whole number from 0 to {MOST}")))?;
    let share = |name: &str| match fields.get(name) {
        None => Ok(0.0),
        Some(share) => share.as_f64().ok_or_else(|| wrong(format!("must have a number for `{name}`"))),
    };
    let split = Split::new(seed, share("train")?, share("valid")?, share("test")?);
    split.map(Some).map_err(|error| Error::invalid("metadata.split", error))
}

/// A whole number, which the wire writes as a measured one.
fn whole(value: &Value) -> Option<u64> {
    let number = value.as_f64()?;
    let is_whole = number.fract() == 0.0 && (0.0..=MOST as f64).contains(&number);
    is_whole.then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(split: Value) -> String {
        let Error::Invalid { fields } = read(Some(&json!({ "split": split }))).unwrap_err() else {
            panic!("it is not valid");
        };
        assert_eq!(fields[0].field, "metadata.split");
        fields[0].message.clone()
    }

    #[test]
    fn a_division_has_a_seed_and_shares() {
        let whole = Split::new(7, 0.8, 0.1, 0.1).unwrap();
        for seed in [json!(7), json!(7.0)] {
            let metadata =
                json!({ "split": { "seed": seed, "train": 0.8, "valid": 0.1, "test": 0.1 }, "more": 1 });
            assert_eq!(read(Some(&metadata)), Ok(Some(whole)));
        }
        let halves = json!({ "split": { "seed": 0, "train": 0.5, "test": 0.5 } });
        assert_eq!(read(Some(&halves)), Ok(Some(Split::new(0, 0.5, 0.0, 0.5).unwrap())));
        assert_eq!(read(Some(&json!({ "more": 1 }))), Ok(None));
        assert_eq!(read(None), Ok(None));
    }

    #[test]
    fn what_is_no_division_is_told_why() {
        assert!(refusal(json!("80/20")).contains("an object with a `seed`"));
        assert!(refusal(json!({ "train": 1 })).contains("must have a `seed`"));
        for seed in [json!(-1), json!(0.5), json!("7"), json!(9_007_199_254_740_992_u64)] {
            assert!(refusal(json!({ "seed": seed, "train": 1 })).contains("must have a `seed`"), "{seed}");
        }
        assert!(refusal(json!({ "seed": 1, "train": "all" })).contains("a number for `train`"));
        assert!(refusal(json!({ "seed": 1, "train": 0.5, "dev": 0.5 })).contains("has `dev`"));
        assert!(refusal(json!({ "seed": 1, "train": 1.5 })).contains("`train` is 1.5"));
        assert!(refusal(json!({ "seed": 1, "train": 0.5, "valid": 0.25 })).contains("they come to 0.75"));
    }
}
