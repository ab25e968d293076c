//! What becomes of labels when somebody changes them.

use std::str::FromStr;

use super::{Label, Labels, Region};
use crate::value::ResourceId;

impl Labels {
    /// These labels with one concept said in the place of another, or with nothing in its place. Where both were named,
    /// the higher value holds.
    #[must_use]
    pub fn renamed(&self, concept: &ResourceId, into: Option<&ResourceId>) -> Self {
        let mut labels = self.clone();
        rename(&mut labels.concepts, concept, into);
        for region in &mut labels.regions {
            rename(&mut region.labels, concept, into);
        }
        labels
    }

    /// These labels with `change` said as well: what it names anew is added, what is there already takes its values.
    #[must_use]
    pub fn merged(&self, change: &Self) -> Self {
        let mut labels = self.clone();
        merge(&mut labels.concepts, &change.concepts);
        for region in &change.regions {
            match labels.regions.iter_mut().find(|own| own.id == region.id) {
                Some(own) => {
                    own.shape.clone_from(&region.shape);
                    merge(&mut own.labels, &region.labels);
                }
                None => labels.regions.push(region.clone()),
            }
        }
        labels
    }

    /// What is to be merged into these labels so that they say what `meant` says, without taking anything away: what they
    /// said beyond that is said not to be there.
    ///
    /// To take away what one said is a right of its own, and to change one's mind is not.
    #[must_use]
    pub fn revised(&self, meant: &Self) -> Self {
        let mut regions = Vec::with_capacity(meant.regions.len());
        for region in &meant.regions {
            let before = self.regions.iter().find(|own| own.id == region.id);
            let labels = before
                .map_or_else(|| region.labels.clone(), |own| revised_labels(&own.labels, &region.labels));
            regions.push(Region { labels, ..region.clone() });
        }
        let left = self.regions.iter().filter(|own| meant.regions.iter().all(|region| region.id != own.id));
        regions.extend(left.map(|own| Region { labels: revised_labels(&own.labels, &[]), ..own.clone() }));
        Self { concepts: revised_labels(&self.concepts, &meant.concepts), regions }
    }

    /// These labels, of which the lists that `change` gives are replaced by them. A list that it leaves empty stays.
    #[must_use]
    pub fn overwritten(&self, change: &Self) -> Self {
        fn chosen<T: Clone>(own: &[T], other: &[T]) -> Vec<T> {
            if other.is_empty() { own.to_vec() } else { other.to_vec() }
        }
        Self {
            concepts: chosen(&self.concepts, &change.concepts),
            regions: chosen(&self.regions, &change.regions),
        }
    }

    /// These labels without what `change` names: concepts of the whole; of a region the concepts that are named with
    /// it, or all of it when none are.
    #[must_use]
    pub fn without(&self, change: &Self) -> Self {
        let mut labels = self.clone();
        take_away(&mut labels.concepts, &change.concepts);
        for named in &change.regions {
            if named.labels.is_empty() {
                labels.regions.retain(|own| own.id != named.id);
            } else if let Some(own) = labels.regions.iter_mut().find(|own| own.id == named.id) {
                take_away(&mut own.labels, &named.labels);
            }
        }
        labels
    }
}

/// What `meant` says, and that nothing else of what `own` said is there.
fn revised_labels(own: &[Label], meant: &[Label]) -> Vec<Label> {
    let left = own.iter().filter(|own| meant.iter().all(|label| label.concept != own.concept));
    let denied = left.map(|own| Label { value: 0.0, ..own.clone() });
    meant.iter().cloned().chain(denied).collect()
}

fn merge(own: &mut Vec<Label>, change: &[Label]) {
    for label in change {
        match own.iter_mut().find(|own| own.concept == label.concept) {
            Some(own) => own.value = label.value,
            None => own.push(label.clone()),
        }
    }
}

fn rename(labels: &mut Vec<Label>, concept: &ResourceId, into: Option<&ResourceId>) {
    let Some(place) = labels.iter().position(|label| label.concept == *concept) else { return };
    let Some(into) = into else {
        labels.remove(place);
        return;
    };
    let other = labels.iter().find(|label| label.concept == *into).map(|label| label.value);
    if let Some(label) = labels.get_mut(place) {
        label.concept.clone_from(into);
        label.value = other.unwrap_or(label.value).max(label.value);
    }
    let mut index = 0;
    labels.retain(|label| {
        let is_other = label.concept == *into && index != place;
        index += 1;
        !is_other
    });
}

fn take_away(own: &mut Vec<Label>, named: &[Label]) {
    own.retain(|own| named.iter().all(|named| named.concept != own.concept));
}

/// What a patch does with what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchAction {
    /// Adds it to what is there.
    Merge,
    /// Puts it in the place of what is there.
    Overwrite,
    /// Takes it away.
    Remove,
}

impl PatchAction {
    /// Whether something that somebody said may be gone afterwards: such a patch is a deletion, and needs the right
    /// to delete.
    #[must_use]
    pub fn deletes(self) -> bool {
        matches!(self, Self::Overwrite | Self::Remove)
    }
}

/// That a text names nothing that a patch can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of merge, overwrite and remove")]
pub struct UnknownAction(String);

impl FromStr for PatchAction {
    type Err = UnknownAction;

    /// Reads `merge`, `overwrite` or `remove`; nothing is the gentlest of them.
    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        match name {
            "" | "merge" => Ok(Self::Merge),
            "overwrite" => Ok(Self::Overwrite),
            "remove" => Ok(Self::Remove),
            other => Err(UnknownAction(other.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Shape;

    fn id(text: &str) -> ResourceId {
        text.parse().unwrap()
    }

    fn label(concept: &str, value: f32) -> Label {
        Label { concept: id(concept), value }
    }

    fn boxed(name: &str, edges: [f32; 4], labels: Vec<Label>) -> Region {
        let [top, left, bottom, right] = edges;
        Region { id: id(name), shape: Shape::Box { top, left, bottom, right }, labels }
    }

    const MIDDLE: [f32; 4] = [0.25, 0.25, 0.75, 0.75];

    #[test]
    fn a_mind_is_changed_without_taking_anything_away() {
        let before = Labels {
            concepts: vec![label("rain", 1.0), label("snow", 1.0)],
            regions: vec![
                boxed("kept", MIDDLE, vec![label("stop", 1.0)]),
                boxed("renamed", MIDDLE, vec![label("stop", 1.0)]),
                boxed("dropped", MIDDLE, vec![label("stop", 1.0)]),
            ],
        };
        let moved = [0.0, 0.0, 0.5, 0.5];
        let meant = Labels {
            concepts: vec![label("snow", 1.0), label("fog", 1.0)],
            regions: vec![
                boxed("kept", moved, vec![label("stop", 1.0)]),
                boxed("renamed", MIDDLE, vec![label("yield", 1.0)]),
                boxed("new", MIDDLE, vec![label("yield", 1.0)]),
            ],
        };
        let after = before.merged(&before.revised(&meant));
        let there = |labels: &[Label]| -> Vec<String> {
            labels.iter().filter(|label| label.is_there()).map(|label| label.concept.to_string()).collect()
        };
        assert_eq!(there(&after.concepts), ["snow", "fog"]);
        assert_eq!(after.concepts.len(), 3, "what was said stands there, denied");
        let said: Vec<_> = after.regions.iter().filter(|region| !region.is_denied()).collect();
        assert_eq!(
            said.iter().map(|region| region.id.as_str()).collect::<Vec<_>>(),
            ["kept", "renamed", "new"]
        );
        assert_eq!(said[0].shape, meant.regions[0].shape);
        assert_eq!(said[1].concept(), Some(&id("yield")));
        assert!(after.regions.iter().any(|region| region.id == id("dropped") && region.is_denied()));
        assert_eq!(after.merged(&after.revised(&meant)), after, "twice is as once");
    }

    #[test]
    fn merging_adds_and_takes_new_values() {
        let own = Labels {
            concepts: vec![label("a", 1.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("stop", 1.0)])],
        };
        let change = Labels {
            concepts: vec![label("a", 0.0), label("b", 1.0)],
            regions: vec![
                boxed("r", [0.0, 0.0, 0.5, 0.5], vec![label("give-way", 1.0)]),
                boxed("s", MIDDLE, Vec::new()),
            ],
        };
        let merged = own.merged(&change);
        assert_eq!(merged.concepts, change.concepts);
        assert_eq!(
            merged.regions,
            [
                boxed("r", [0.0, 0.0, 0.5, 0.5], vec![label("stop", 1.0), label("give-way", 1.0)]),
                boxed("s", MIDDLE, Vec::new()),
            ]
        );
        assert_eq!(merged.merged(&change), merged, "merging twice is merging once");
    }

    #[test]
    fn overwriting_replaces_the_lists_that_are_given() {
        let own = Labels { concepts: vec![label("a", 1.0)], regions: vec![boxed("r", MIDDLE, Vec::new())] };
        let change = Labels { concepts: vec![label("b", 1.0)], regions: Vec::new() };
        let overwritten = own.overwritten(&change);
        assert_eq!((overwritten.concepts, overwritten.regions), (change.concepts, own.regions));
    }

    #[test]
    fn removing_takes_away_what_is_named_and_nothing_else() {
        let own = Labels {
            concepts: vec![label("a", 1.0), label("b", 1.0)],
            regions: vec![
                boxed("r", MIDDLE, vec![label("stop", 1.0), label("sign", 1.0)]),
                boxed("s", MIDDLE, Vec::new()),
            ],
        };
        let change = Labels {
            concepts: vec![label("a", 1.0), label("unknown", 1.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("stop", 1.0)]), boxed("s", MIDDLE, Vec::new())],
        };
        let left = own.without(&change);
        assert_eq!(left.concepts, [label("b", 1.0)]);
        assert_eq!(left.regions, [boxed("r", MIDDLE, vec![label("sign", 1.0)])]);
    }

    #[test]
    fn one_concept_takes_the_place_of_another_or_none_does() {
        let own = Labels {
            concepts: vec![label("cat", 0.0), label("kitten", 1.0), label("dog", 1.0)],
            regions: vec![boxed("r", MIDDLE, vec![label("kitten", 0.5)])],
        };
        let merged = own.renamed(&id("kitten"), Some(&id("cat")));
        assert_eq!(
            merged.concepts,
            [label("cat", 1.0), label("dog", 1.0)],
            "named once, by the higher value"
        );
        assert_eq!(merged.regions, [boxed("r", MIDDLE, vec![label("cat", 0.5)])]);
        assert_eq!(merged.renamed(&id("kitten"), Some(&id("cat"))), merged, "twice is once");
        let gone = own.renamed(&id("kitten"), None);
        assert_eq!(gone.concepts, [label("cat", 0.0), label("dog", 1.0)]);
        assert_eq!(gone.regions, [boxed("r", MIDDLE, Vec::new())], "the part stays");
    }

    #[test]
    fn only_merging_leaves_everything_there() {
        let actions =
            ["", "merge", "overwrite", "remove"].map(|name| name.parse::<PatchAction>().unwrap().deletes());
        assert_eq!(actions, [false, false, true, true]);
        assert!("replace".parse::<PatchAction>().is_err());
    }
}
