//! What is drawn beside what the server has: what is to be saved, and what others have changed meanwhile. Pure.

use std::collections::BTreeMap;

use atelier_domain::{Region, ResourceId};
use serde::{Deserialize, Serialize};

use crate::api::annotations::Mark;

/// The regions of an input as the server has them. They are named as in the drawing: in their annotations several may
/// have one identifier.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored(BTreeMap<ResourceId, Mark>);

/// What is to be done so that the server has what is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// A region was drawn.
    Add(Region),
    /// A region was given another shape or other concepts.
    Change(Region, Box<Mark>),
    /// A region was taken away.
    Remove(ResourceId, Box<Mark>),
}

impl Act {
    /// Which region it is about.
    pub(super) fn id(&self) -> &ResourceId {
        match self {
            Self::Add(region) | Self::Change(region, _) => &region.id,
            Self::Remove(id, _) => id,
        }
    }
}

impl Stored {
    /// Those of `marks`. The first region of an identifier keeps it, and further ones get names of their own, which
    /// stay the same as long as those before them are there.
    ///
    /// Answers them as they are drawn as well, in the order of `marks`.
    pub(super) fn new(marks: &[Mark]) -> (Self, Vec<Region>) {
        let (mut stored, mut drawn) = (BTreeMap::new(), Vec::new());
        for mark in marks {
            let Some(region) = mark.region() else { continue };
            let others = (2..).map_while(|number: u32| format!("{}-{number}", region.id).parse().ok());
            let free = std::iter::once(region.id.clone()).chain(others).find(|id| !stored.contains_key(id));
            // An identifier that leaves no room for a number is that of its annotation instead.
            if let Some(id) = free.or_else(|| mark.annotation.parse().ok()) {
                drawn.push(Region { id: id.clone(), ..region.clone() });
                stored.insert(id, mark.clone());
            }
        }
        (Self(stored), drawn)
    }

    /// What is said of a region, and by whom.
    pub(super) fn mark(&self, id: &ResourceId) -> Option<&Mark> {
        self.0.get(id)
    }

    /// A region, under its name in the drawing.
    pub(super) fn region(&self, id: &ResourceId) -> Option<Region> {
        let region = self.0.get(id)?.region()?;
        Some(Region { id: id.clone(), ..region.clone() })
    }

    /// Notes that a region stands as `mark` says: its annotation, and with it all that is in it, changed then.
    pub(super) fn note(&mut self, id: ResourceId, mark: Mark) {
        self.touch(&mark.annotation, mark.changed_at);
        self.0.insert(id, mark);
    }

    /// Notes that a region is gone, and when what is left of its annotation changed.
    pub(super) fn forget(&mut self, id: &ResourceId, changed_at: Option<i64>) {
        if let (Some(mark), Some(changed_at)) = (self.0.remove(id), changed_at) {
            self.touch(&mark.annotation, changed_at);
        }
    }

    fn touch(&mut self, annotation: &str, changed_at: i64) {
        for mark in self.0.values_mut().filter(|mark| mark.annotation == annotation) {
            mark.changed_at = changed_at;
        }
    }

    /// What has to be done for the server to have what is `drawn`. What has no concept yet is not finished.
    pub(super) fn acts(&self, drawn: &[Region]) -> Vec<Act> {
        let of_drawn = drawn.iter().filter_map(|region| match self.0.get(&region.id) {
            None if region.labels.is_empty() => None,
            None => Some(Act::Add(region.clone())),
            Some(_) if self.region(&region.id).as_ref() == Some(region) => None,
            Some(mark) => Some(Act::Change(region.clone(), Box::new(mark.clone()))),
        });
        let gone = self.0.iter().filter(|(id, _)| drawn.iter().all(|region| region.id != **id));
        of_drawn.chain(gone.map(|(id, mark)| Act::Remove(id.clone(), Box::new(mark.clone())))).collect()
    }

    /// Why somebody may not go from `drawn` to `step`, if they may not.
    pub(super) fn refusal(&self, drawn: &[Region], step: &[Region]) -> Option<String> {
        let already = self.acts(drawn);
        self.acts(step).into_iter().filter(|act| !already.contains(act)).find_map(|act| match act {
            Act::Add(_) => None,
            Act::Change(_, mark) => mark.no_change,
            Act::Remove(_, mark) => mark.no_removal,
        })
    }
}

/// Brings what was changed between `before` and `after` into what is drawn. What was changed here as well stays as it
/// is here; answers which regions these are.
pub(super) fn absorb(drawn: &mut Vec<Region>, before: &Stored, after: &Stored) -> Vec<ResourceId> {
    let mut conflicts = Vec::new();
    let mut changed: Vec<&ResourceId> = after.0.keys().collect();
    changed.extend(before.0.keys().filter(|id| !after.0.contains_key(*id)));
    for id in changed {
        let (was, is) = (before.region(id), after.region(id));
        if was == is {
            continue;
        }
        let place = drawn.iter().position(|region| region.id == *id);
        let here = place.and_then(|place| drawn.get(place).cloned());
        if here == is {
            continue;
        }
        if here != was {
            conflicts.push(id.clone());
            continue;
        }
        match (place, is) {
            (Some(place), Some(region)) => {
                if let Some(here) = drawn.get_mut(place) {
                    *here = region;
                }
            }
            (Some(place), None) => drop(drawn.remove(place)),
            (None, Some(region)) => drawn.push(region),
            (None, None) => {}
        }
    }
    conflicts
}

#[cfg(test)]
mod tests {
    use atelier_domain::{Label, Labels, Point, Shape};

    use super::*;

    fn id(text: &str) -> ResourceId {
        text.parse().unwrap()
    }

    fn spot(name: &str, col: f32) -> Region {
        let labels = vec![Label { concept: id("stop"), value: 1.0 }];
        Region { id: id(name), shape: Shape::Point(Point { row: 0.5, col }), labels }
    }

    fn mark(annotation: &str, region: Region) -> Mark {
        Mark {
            annotation: annotation.into(),
            labels: Labels { concepts: Vec::new(), regions: vec![region] },
            words: "Stop".into(),
            author: "Ada".into(),
            is_own: true,
            changed_at: 1,
            state: None,
            no_change: None,
            no_removal: None,
        }
    }

    fn stored(regions: &[Region]) -> Stored {
        let marks: Vec<Mark> =
            regions.iter().map(|region| mark(region.id.as_str(), region.clone())).collect();
        Stored::new(&marks).0
    }

    #[test]
    fn regions_of_one_identifier_are_told_apart() {
        let marks = [mark("one", spot("r", 0.1)), mark("two", spot("r", 0.2)), mark("three", spot("s", 0.3))];
        let (stored, drawn) = Stored::new(&marks);
        assert_eq!(drawn, [spot("r", 0.1), spot("r-2", 0.2), spot("s", 0.3)]);
        assert_eq!(stored.mark(&id("r-2")).unwrap().region_id(), "r");
        let long = "x".repeat(128);
        let marks = [mark("one", spot(&long, 0.1)), mark("two", spot(&long, 0.2))];
        assert_eq!(Stored::new(&marks).1, [spot(&long, 0.1), spot("two", 0.2)]);
    }

    #[test]
    fn what_differs_is_saved() {
        let as_stored = [spot("a", 0.1), spot("b", 0.2), spot("c", 0.3)];
        let stored = stored(&as_stored);
        assert_eq!(stored.acts(&as_stored), []);
        let unnamed = Region { labels: Vec::new(), ..spot("e", 0.5) };
        let acts = stored.acts(&[spot("a", 0.1), spot("b", 0.9), spot("d", 0.4), unnamed]);
        let of = |name: &str| Box::new(stored.mark(&id(name)).unwrap().clone());
        assert_eq!(
            acts,
            [Act::Change(spot("b", 0.9), of("b")), Act::Add(spot("d", 0.4)), Act::Remove(id("c"), of("c"))]
        );
    }

    #[test]
    fn what_may_not_be_done_says_why() {
        let mut marks = [mark("a", spot("a", 0.1)), mark("b", spot("b", 0.2))];
        marks[0].no_change = Some("Ada’s".into());
        marks[1].no_removal = Some("Annotations_Delete".into());
        let (stored, drawn) = Stored::new(&marks);
        let refusal = |step: &[Region]| stored.refusal(&drawn, step);
        assert_eq!(refusal(&[spot("a", 0.1), spot("b", 0.9), spot("c", 0.1)]), None);
        assert_eq!(refusal(&[spot("a", 0.2), spot("b", 0.2)]), Some("Ada’s".into()));
        assert_eq!(refusal(&[spot("a", 0.1)]), Some("Annotations_Delete".into()));
        let refused_before = [spot("a", 0.1)];
        assert_eq!(stored.refusal(&refused_before, &refused_before), None, "it is told once");
    }

    #[test]
    fn what_others_changed_comes_in_and_what_both_did_stays_to_be_decided() {
        let before = stored(&[spot("same", 0.1), spot("theirs", 0.1), spot("both", 0.1), spot("gone", 0.1)]);
        let after = stored(&[spot("same", 0.1), spot("theirs", 0.2), spot("both", 0.2), spot("new", 0.1)]);
        let mut drawn = vec![
            spot("same", 0.5),
            spot("theirs", 0.1),
            spot("both", 0.9),
            spot("gone", 0.1),
            spot("mine", 0.1),
        ];
        let conflicts = absorb(&mut drawn, &before, &after);
        assert_eq!(conflicts, [id("both")]);
        assert_eq!(
            drawn,
            [spot("same", 0.5), spot("theirs", 0.2), spot("both", 0.9), spot("mine", 0.1), spot("new", 0.1)]
        );
        // Deleted there and changed here; changed there and deleted here.
        let mut drawn = vec![spot("gone", 0.9), spot("both", 0.1)];
        let mut conflicts = absorb(&mut drawn, &before, &after);
        conflicts.sort();
        assert_eq!(conflicts, [id("gone"), id("theirs")]);
        assert_eq!(drawn, [spot("gone", 0.9), spot("both", 0.2), spot("new", 0.1)]);
    }

    #[test]
    fn what_arrived_without_an_answer_is_no_conflict() {
        let mut drawn = vec![spot("mine", 0.1), spot("moved", 0.9)];
        let before = stored(&[spot("moved", 0.1), spot("removed", 0.1)]);
        let after = stored(&[spot("mine", 0.1), spot("moved", 0.9)]);
        assert_eq!(absorb(&mut drawn, &before, &after), []);
        assert_eq!(after.acts(&drawn), []);
    }

    #[test]
    fn all_of_an_annotation_changes_at_once() {
        let marks = [mark("one", spot("a", 0.1)), mark("one", spot("b", 0.2)), mark("two", spot("c", 0.3))];
        let mut stored = Stored::new(&marks).0;
        stored.note(id("a"), Mark { changed_at: 9, ..mark("one", spot("a", 0.7)) });
        let times =
            |stored: &Stored| ["a", "b", "c"].map(|name| stored.mark(&id(name)).map(|mark| mark.changed_at));
        assert_eq!(times(&stored), [Some(9), Some(9), Some(1)]);
        stored.forget(&id("a"), Some(12));
        assert_eq!(times(&stored), [None, Some(12), Some(1)]);
        let kept = serde_json::to_string(&stored).unwrap();
        assert_eq!(serde_json::from_str::<Stored>(&kept).unwrap(), stored);
    }
}
