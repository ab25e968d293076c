//! The stretch of the list of inputs that has been fetched, part by part, and how it is kept up with what others change.

use std::ops::Range;
use std::sync::Arc;

use crate::api::inputs::Input;

/// An input of the stretch.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The input.
    pub(super) input: Arc<Input>,
    /// Of this content and no other: what has changed gets another number.
    pub(super) number: u32,
    /// How often the list had been renewed when it was fetched.
    fetched: u32,
}

/// Inputs one behind the other, from where the list begins, without a gap.
#[derive(Clone, Debug, Default)]
pub(super) struct Stretch {
    entries: Vec<Entry>,
    /// Behind which input the list goes on, if it does.
    next: Option<String>,
    /// How often it was renewed.
    renewed: u32,
    /// The number of the next entry.
    number: u32,
}

impl Stretch {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the list goes on behind it.
    pub(super) fn goes_on(&self) -> bool {
        self.next.is_some()
    }

    /// Those at `places`, each with its place.
    pub(super) fn part(&self, places: Range<usize>) -> Vec<(usize, Entry)> {
        let start = places.start;
        self.at(places).iter().cloned().enumerate().map(|(place, entry)| (start + place, entry)).collect()
    }

    /// Those at `places`, as far as they are there.
    fn at(&self, places: Range<usize>) -> &[Entry] {
        let end = places.end.min(self.entries.len());
        self.entries.get(places.start..end).unwrap_or_default()
    }

    /// The identifiers of those at `places`.
    pub(super) fn slugs(&self, places: Range<usize>) -> Vec<String> {
        self.at(places).iter().map(|entry| entry.input.slug.clone()).collect()
    }

    /// The place of an input.
    pub(super) fn place(&self, slug: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.input.slug == slug)
    }

    /// By what the list goes on at `place`: nothing, where that is its beginning.
    pub(super) fn cursor(&self, place: usize) -> Option<&str> {
        let before = self.entries.get(place.checked_sub(1)?)?;
        Some(&before.input.cursor)
    }

    /// The list begins anew with this part; what was behind it may have changed since it was fetched.
    pub(super) fn renew(&mut self, first: Vec<Input>, next: Option<String>) {
        self.renewed = self.renewed.wrapping_add(1);
        self.put(0, first, next);
    }

    /// The first of those at `places` that may have changed since it was fetched.
    pub(super) fn stale(&self, places: Range<usize>) -> Option<usize> {
        let start = places.start;
        self.at(places).iter().position(|entry| entry.fetched != self.renewed).map(|place| start + place)
    }

    /// Puts what the server has at `place` now, which is what comes next there, in the place of what was known. What is
    /// behind it stays as far as it joins on; what does not is fetched again once somebody scrolls there.
    pub(super) fn put(&mut self, place: usize, part: Vec<Input>, next: Option<String>) {
        let place = place.min(self.entries.len());
        let joint = part.iter().rev().find_map(|input| {
            let behind = self.entries.get(place..).unwrap_or_default();
            behind.iter().position(|entry| entry.input.slug == input.slug)
        });
        let end = match joint {
            // Where the list ends, nothing is left behind it.
            Some(joint) if next.is_some() => place + joint + 1,
            _ => self.entries.len(),
        };
        if end == self.entries.len() {
            self.next = next;
        }
        let replaced: Vec<Entry> = self.entries.splice(place..end, []).collect();
        let fresh: Vec<Entry> = part
            .into_iter()
            .map(|input| match replaced.iter().find(|entry| *entry.input == input) {
                Some(same) => Entry { fetched: self.renewed, ..same.clone() },
                None => {
                    self.number = self.number.wrapping_add(1);
                    Entry { input: Arc::new(input), number: self.number, fetched: self.renewed }
                }
            })
            .collect();
        self.entries.splice(place..place, fresh);
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::Medium;

    use super::*;

    /// Inputs that are called by letters.
    fn inputs(names: &str) -> Vec<Input> {
        let input = |name: char| Input {
            slug: name.to_string(),
            cursor: format!("behind {name}"),
            medium: Medium::Image,
            beginning: None,
            has_thumbnail: true,
            concepts: Vec::new(),
            author: "Ada".into(),
            made_at: 0,
        };
        names.chars().map(input).collect()
    }

    fn next(name: &str) -> Option<String> {
        Some(format!("behind {name}"))
    }

    fn names(stretch: &Stretch) -> String {
        stretch.slugs(0..stretch.len()).concat()
    }

    /// The stretch `abcdefgh`, behind which the list goes on.
    fn stretch() -> Stretch {
        let mut stretch = Stretch::default();
        stretch.renew(inputs("abcd"), next("d"));
        stretch.put(4, inputs("efgh"), next("h"));
        stretch
    }

    #[test]
    fn parts_come_one_behind_the_other() {
        let mut stretch = stretch();
        assert_eq!((names(&stretch).as_str(), stretch.goes_on()), ("abcdefgh", true));
        assert_eq!(stretch.cursor(8), Some("behind h"));
        assert_eq!((stretch.cursor(0), stretch.cursor(99)), (None, None));
        stretch.put(8, inputs("ij"), None);
        assert_eq!((names(&stretch).as_str(), stretch.goes_on()), ("abcdefghij", false));
        assert_eq!(stretch.part(8..10).iter().map(|(place, _)| *place).collect::<Vec<_>>(), [8, 9]);
        assert_eq!((stretch.place("c"), stretch.place("x")), (Some(2), None));
        assert_eq!(stretch.part(90..99).len(), 0);
    }

    #[test]
    fn what_came_first_or_went_meanwhile_moves_the_rest() {
        // Two came, and one of those that were first has gone.
        let mut one = stretch();
        one.renew(inputs("yzac"), next("c"));
        assert_eq!((names(&one).as_str(), one.goes_on()), ("yzacdefgh", true));
        // So many went that the first part reaches into the second.
        let mut other = stretch();
        other.renew(inputs("adef"), next("f"));
        assert_eq!(names(&other), "adefgh");
        // More came than a part has: how many is not known, and what is behind is fetched again.
        let mut third = stretch();
        third.renew(inputs("wxyz"), next("z"));
        assert_eq!((names(&third).as_str(), third.cursor(4)), ("wxyz", Some("behind z")));
        assert!(third.goes_on());
        // All have gone but one.
        let mut last = stretch();
        last.renew(inputs("c"), None);
        assert_eq!((names(&last).as_str(), last.goes_on()), ("c", false));
    }

    #[test]
    fn what_may_have_changed_is_fetched_once_it_is_in_sight() {
        let mut stretch = stretch();
        assert_eq!(stretch.stale(0..8), None);
        let numbers =
            |stretch: &Stretch| stretch.part(0..8).iter().map(|(_, one)| one.number).collect::<Vec<_>>();
        let before = numbers(&stretch);
        stretch.renew(inputs("abcd"), next("d"));
        assert_eq!(stretch.stale(0..8), Some(4));
        assert_eq!(stretch.stale(0..4), None);
        let mut changed = inputs("efgh");
        changed[1].concepts.push("stop".into());
        stretch.put(4, changed, next("h"));
        assert_eq!(stretch.stale(0..8), None);
        let after = numbers(&stretch);
        let differ: Vec<usize> = (0..8).filter(|place| before[*place] != after[*place]).collect();
        assert_eq!(differ, [5], "what is as it was stays the same");
    }
}
