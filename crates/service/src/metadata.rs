//! What clients keep with a resource, and what a patch makes of it.

use atelier_domain::PatchAction;
use serde_json::Value;

/// What `own` becomes by a patch that brings `change`: merging gives the keys that it names their new values, also those
/// of objects within, overwriting puts it in the place of all that was there, removing takes away the keys that it
/// names. Without a change everything stays.
pub(crate) fn patched(action: PatchAction, own: Option<Value>, change: Option<&Value>) -> Option<Value> {
    let Some(change) = change else { return own };
    match (action, own, change) {
        (PatchAction::Merge, Some(mut own), change) => {
            merge(&mut own, change);
            Some(own)
        }
        (PatchAction::Remove, Some(Value::Object(mut own)), Value::Object(change)) => {
            own.retain(|key, _| !change.contains_key(key));
            Some(Value::Object(own))
        }
        (PatchAction::Remove, own, _) => own,
        (PatchAction::Merge | PatchAction::Overwrite, _, change) => Some(change.clone()),
    }
}

/// Only objects grow together; anything else, lists too, is replaced.
fn merge(own: &mut Value, change: &Value) {
    match (own, change) {
        (Value::Object(own), Value::Object(change)) => {
            for (key, change) in change {
                match own.get_mut(key) {
                    Some(own) => merge(own, change),
                    None => drop(own.insert(key.clone(), change.clone())),
                }
            }
        }
        (own, change) => own.clone_from(change),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Objects, most of which have keys in common.
    fn object() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i8>().prop_map(Value::from),
            prop::collection::vec(any::<i8>(), 0..3).prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(4, 24, 3, |inner| {
            prop::collection::hash_map("[a-c]", inner, 0..3).prop_map(|fields| fields.into_iter().collect())
        });
        prop::collection::hash_map("[a-c]", value, 0..4).prop_map(|fields| fields.into_iter().collect())
    }

    /// Everything in `value` that is no object, or an empty one, by the keys that lead to it.
    fn leaves(value: &Value) -> BTreeMap<Vec<String>, Value> {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let below = fields.iter().flat_map(|(key, value)| {
                    leaves(value).into_iter().map(|(mut path, leaf)| {
                        path.insert(0, key.clone());
                        (path, leaf)
                    })
                });
                below.collect()
            }
            leaf => BTreeMap::from([(Vec::new(), leaf.clone())]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn merging_sets_what_is_named_and_loses_nothing_else(own in object(), change in object()) {
            let merged = patched(PatchAction::Merge, Some(own.clone()), Some(&change)).unwrap();
            let (before, named, after) = (leaves(&own), leaves(&change), leaves(&merged));
            let empty = json!({});
            for (path, leaf) in &named {
                // That there is an object is no reason to empty the one that is there.
                prop_assert!(leaf == &empty || after.get(path) == Some(leaf), "{path:?} in {merged}");
            }
            for (path, leaf) in &before {
                let is_named = named.keys().any(|other| path.starts_with(other) || other.starts_with(path));
                prop_assert!(is_named || after.get(path) == Some(leaf), "{path:?} in {merged}");
            }
            let again = patched(PatchAction::Merge, Some(merged.clone()), Some(&change)).unwrap();
            prop_assert_eq!(&again, &merged, "twice is once");
            prop_assert_eq!(patched(PatchAction::Merge, Some(own.clone()), Some(&empty)), Some(own));
        }
    }

    #[test]
    fn merging_reaches_into_objects_and_replaces_lists() {
        let own = Some(json!({ "camera": { "lens": { "mm": 35 }, "side": "left" }, "tags": ["a", "b"] }));
        let change = json!({ "camera": { "lens": { "mm": 50, "f": 2 } }, "tags": ["c"], "night": null });
        assert_eq!(
            patched(PatchAction::Merge, own, Some(&change)),
            Some(json!({
                "camera": { "lens": { "mm": 50, "f": 2 }, "side": "left" },
                "tags": ["c"],
                "night": null,
            }))
        );
    }

    #[test]
    fn a_patch_touches_the_keys_that_it_names_unless_it_overwrites() {
        let own = Some(json!({ "camera": "left", "shift": 1 }));
        let change = json!({ "shift": 2, "light": "dusk" });
        let after = |action| patched(action, own.clone(), Some(&change));
        assert_eq!(after(PatchAction::Merge), Some(json!({ "camera": "left", "shift": 2, "light": "dusk" })));
        assert_eq!(after(PatchAction::Overwrite), Some(change.clone()));
        assert_eq!(after(PatchAction::Remove), Some(json!({ "camera": "left" })));
        assert_eq!(patched(PatchAction::Overwrite, own.clone(), None), own);
        assert_eq!(patched(PatchAction::Merge, None, Some(&change)), Some(change));
    }
}
