//! Stretches of a text: where they are, as it is kept and as it is shown.

use std::collections::BTreeSet;

use atelier_domain::Shape;
use leptos::{html, prelude::*};

/// The ends of a stretch of text.
pub(super) fn ends(shape: &Shape) -> Option<(u32, u32)> {
    match *shape {
        Shape::Span { start, end } => Some((start, end)),
        Shape::Box { .. } | Shape::Polygon { .. } | Shape::Point(_) => None,
    }
}

/// The pieces of a text that is cut wherever one of the stretches begins or ends.
pub(super) fn cut(text: &str, stretches: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let length = count(text);
    let cuts: BTreeSet<u32> = stretches
        .flat_map(|(start, end)| [start, end])
        .chain([0, length])
        .filter(|cut| *cut <= length)
        .collect();
    let cuts: Vec<u32> = cuts.into_iter().collect();
    cuts.windows(2)
        .filter_map(|cut| if let [start, end] = *cut { Some((start, end)) } else { None })
        .collect()
}

/// How many characters there are. Texts are far shorter than what would not fit.
pub(super) fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The characters from `start` to `end`.
pub(super) fn slice(text: &str, start: u32, end: u32) -> &str {
    let at = |place: u32| text.char_indices().nth(place as usize).map_or(text.len(), |(at, _)| at);
    text.get(at(start)..at(end)).unwrap_or_default()
}

/// Reads of HTML end lines with a line feed alone, so that the text is shown so by scripts, too.
pub(super) fn as_shown(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The place in the text of the character that stands at `shown` on the page.
fn as_stored(text: &str, shown: u32) -> u32 {
    let mut left = shown;
    let mut letters = text.chars().peekable();
    let mut stored = 0;
    while left > 0
        && let Some(letter) = letters.next()
    {
        stored += 1;
        // The two characters of such a line's end are one on the page.
        if !(letter == '\r' && letters.peek() == Some(&'\n')) {
            left -= 1;
        }
    }
    stored
}

/// Where `words` stand next, from the character `from` on, and then from the beginning.
pub(super) fn next_place(text: &str, words: &str, from: u32) -> Option<(u32, u32)> {
    let words = words.trim();
    if words.is_empty() {
        return None;
    }
    let rest = slice(text, from, u32::MAX);
    let at = rest.find(words).map(|at| text.len() - rest.len() + at).or_else(|| text.find(words))?;
    let start = count(text.get(..at)?);
    Some((start, start + count(words)))
}

/// The ends of what is selected in the element, if it lies there.
pub(super) fn selected(element: NodeRef<html::Div>, text: StoredValue<String>) -> Option<(u32, u32)> {
    let element = element.get_untracked()?;
    let selection = window().get_selection().ok()??;
    let range = selection.get_range_at(0).ok()?;
    let inside = |node: web_sys::Node| element.contains(Some(&node));
    if range.collapsed() || !inside(range.start_container().ok()?) || !inside(range.end_container().ok()?) {
        return None;
    }
    let before = range.clone_range();
    before.select_node_contents(&element).ok()?;
    before.set_end(&range.start_container().ok()?, range.start_offset().ok()?).ok()?;
    let length = |range: &web_sys::Range| count(&String::from(range.to_string()));
    let start = length(&before);
    let end = start + length(&range);
    Some(text.with_value(|text| (as_stored(text, start), as_stored(text, end))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_of_the_text_as_it_is_kept() {
        let text = "Ä\r\nbc\rd";
        assert_eq!(as_shown(text), "Ä\nbc\nd");
        let shown = as_shown(text);
        let at = count(shown.split_once('b').unwrap().0);
        assert_eq!(slice(text, as_stored(text, at), as_stored(text, at + 2)), "bc");
        assert_eq!(as_stored(text, 99), count(text));
    }

    #[test]
    fn a_text_is_cut_where_stretches_begin_and_end() {
        let pieces = cut("abcdef", [(1, 4), (3, 5), (9, 12)].into_iter());
        assert_eq!(pieces, [(0, 1), (1, 3), (3, 4), (4, 5), (5, 6)]);
        assert_eq!(cut("", std::iter::empty()), []);
    }

    #[test]
    fn words_are_found_one_place_after_the_other() {
        let text = "é a b a";
        assert_eq!(next_place(text, "a", 0), Some((2, 3)));
        assert_eq!(next_place(text, "a", 3), Some((6, 7)));
        assert_eq!(next_place(text, "a", 7), Some((2, 3)), "after the last place comes the first");
        assert_eq!(next_place(text, "c", 0), None);
        assert_eq!(next_place(text, " ", 0), None);
    }
}
