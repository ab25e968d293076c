//! What clients keep with a resource, and what a patch makes of it.

use atelier_domain::PatchAction;
use serde_json::Value;

/// What `own` becomes by a patch that brings `change`: merging gives the keys that it names their new values,
/// overwriting puts it in the place of all that was there, removing takes away the keys that it names. Without a
/// change everything stays.
pub(crate) fn patched(action: PatchAction, own: Option<Value>, change: Option<&Value>) -> Option<Value> {
    let Some(change) = change else { return own };
    match (action, own, change) {
        (PatchAction::Merge, Some(Value::Object(mut own)), Value::Object(change)) => {
            own.extend(change.clone());
            Some(Value::Object(own))
        }
        (PatchAction::Remove, Some(Value::Object(mut own)), Value::Object(change)) => {
            own.retain(|key, _| !change.contains_key(key));
            Some(Value::Object(own))
        }
        (PatchAction::Remove, own, _) => own,
        (PatchAction::Merge | PatchAction::Overwrite, _, change) => Some(change.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
