//! A text by its characters: Unicode's scalar values, which is what spans count.

/// A text of which stretches are asked for, each found at once wherever it lies.
#[derive(Clone, Debug)]
pub struct Characters<'a> {
    text: &'a str,
    /// Where each character begins, in bytes, and the text ends; nothing, if each has one byte.
    edges: Vec<usize>,
}

impl<'a> Characters<'a> {
    /// The characters of `text`.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let edges = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(edge, _)| edge).chain([text.len()]).collect()
        };
        Self { text, edges }
    }

    /// From the character `start`, counted from 0, to the one before `end`; none, if the text does not reach so far.
    #[must_use]
    pub fn between(&self, start: u32, end: u32) -> Option<&'a str> {
        self.text.get(self.edge(start)?..self.edge(end)?)
    }

    fn edge(&self, index: u32) -> Option<usize> {
        let index = usize::try_from(index).ok()?;
        if self.edges.is_empty() { Some(index) } else { self.edges.get(index).copied() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_counted_in_characters_whatever_bytes_they_have() {
        for (text, start, end, expected) in [
            ("Green tea", 6, 9, Some("tea")),
            ("Green tea", 6, 10, None),
            ("Grüner Tee", 2, 6, Some("üner")),
            ("🍵 чай 茶", 0, 1, Some("🍵")),
            ("🍵 чай 茶", 2, 5, Some("чай")),
            ("🍵 чай 茶", 6, 7, Some("茶")),
            ("🍵 чай 茶", 6, 8, None),
            // A letter and its accent are two characters; so are the parts of a joined emoji.
            ("e\u{301}te", 1, 3, Some("\u{301}t")),
            ("👩\u{200d}🍳!", 3, 4, Some("!")),
            ("", 0, 0, Some("")),
            ("é", 1, 0, None),
            ("e", 1, 0, None),
        ] {
            assert_eq!(Characters::of(text).between(start, end), expected, "{text} {start}..{end}");
        }
    }
}
