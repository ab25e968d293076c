//! Texts as the model of texts reads them: numbers of pieces of words (WordPiece, as BERT without capitals has it).
//!
//! What is written as the name of a special piece, such as `[SEP]`, is taken as the brackets and letters that it
//! consists of: nobody ends a text by writing so into it.

use std::collections::HashMap;

use unicode_categories::UnicodeCategories as _;
use unicode_normalization::UnicodeNormalization as _;

/// The most pieces that are read of a text, with the two that begin and end it.
pub const MOST_PIECES: usize = 256;
/// The most characters of a word that is taken into pieces: a longer one is unknown.
const MOST_OF_WORD: usize = 100;

/// The pieces that words are made of.
#[derive(Debug)]
pub struct Vocabulary {
    /// Those that begin a word.
    first: HashMap<&'static str, u32>,
    /// Those that go on with one.
    further: HashMap<&'static str, u32>,
    unknown: u32,
    begin: u32,
    end: u32,
}

impl Vocabulary {
    /// The pieces of a list that has one on each line, those that go on with a word after `##`.
    ///
    /// `None` if one of the special pieces is not among them.
    pub fn new(lines: &'static str) -> Option<Self> {
        let (mut first, mut further) = (HashMap::new(), HashMap::new());
        for (piece, number) in lines.lines().zip(0..) {
            match piece.strip_prefix("##") {
                Some(piece) if !piece.is_empty() => further.insert(piece, number),
                _ => first.insert(piece, number),
            };
        }
        let special = |name| first.get(name).copied();
        let (unknown, begin, end) = (special("[UNK]")?, special("[CLS]")?, special("[SEP]")?);
        Some(Self { first, further, unknown, begin, end })
    }

    /// The numbers of a text's pieces, from the one that begins it to the one that ends it: at most [`MOST_PIECES`].
    ///
    /// No more of the text is looked at than it takes.
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        let mut pieces = vec![self.begin];
        let (mut word, mut length) = (String::new(), 0);
        for character in plain(text) {
            if pieces.len() >= MOST_PIECES {
                break;
            }
            let apart = is_punctuation(character);
            if apart || character.is_whitespace() {
                self.take_apart(&word, length, &mut pieces);
                word.clear();
                length = 0;
            }
            if apart {
                self.take_apart(character.encode_utf8(&mut [0; 4]), 1, &mut pieces);
            } else if !character.is_whitespace() {
                length += 1;
                if length <= MOST_OF_WORD {
                    word.push(character);
                }
            }
        }
        self.take_apart(&word, length, &mut pieces);
        pieces.truncate(MOST_PIECES - 1);
        pieces.push(self.end);
        pieces
    }

    /// Takes a word of so many characters apart: from its start on, the longest piece that there is, each time. What
    /// cannot be taken apart to its end is unknown as a whole.
    fn take_apart(&self, word: &str, length: usize, pieces: &mut Vec<u32>) {
        if word.is_empty() {
            return;
        }
        if length > MOST_OF_WORD {
            pieces.push(self.unknown);
            return;
        }
        let (before, mut known, mut rest) = (pieces.len(), &self.first, word);
        while !rest.is_empty() {
            let longest = rest.char_indices().rev().find_map(|(at, last)| {
                let (piece, left) = rest.split_at_checked(at + last.len_utf8())?;
                Some((*known.get(piece)?, left))
            });
            let Some((piece, left)) = longest else {
                pieces.truncate(before);
                pieces.push(self.unknown);
                return;
            };
            pieces.push(piece);
            (known, rest) = (&self.further, left);
        }
    }
}

/// A text without controls, accents and capitals, in which each Chinese character stands by itself.
fn plain(text: &str) -> impl Iterator<Item = char> {
    let alone = |character| {
        let space = is_chinese(character).then_some(' ');
        space.into_iter().chain([character]).chain(space)
    };
    text.chars()
        .filter(|&character| !matches!(character, '\0' | '\u{fffd}') && !is_control(character))
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .flat_map(alone)
        .nfd()
        .filter(|character| !character.is_mark_nonspacing())
        .flat_map(char::to_lowercase)
}

/// Whether a character is no part of what is written; spaces of all kinds are.
fn is_control(character: char) -> bool {
    !matches!(character, '\t' | '\n' | '\r') && character.is_other()
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation() || character.is_punctuation()
}

/// Whether a character is one of those that Chinese writes without spaces; Japanese and Korean write words with others.
fn is_chinese(character: char) -> bool {
    matches!(
        character,
        '\u{4E00}'..='\u{9FFF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{20000}'..='\u{2A6DF}'
            | '\u{2A700}'..='\u{2B73F}'
            | '\u{2B740}'..='\u{2B81F}'
            | '\u{2B920}'..='\u{2CEAF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{2F800}'..='\u{2FA1F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\ncafe\n,\n中\n##s\n[\n]\nsep\n";

    fn pieces(text: &str) -> Vec<u32> {
        Vocabulary::new(LINES).unwrap().pieces(text)
    }

    #[test]
    fn words_are_taken_apart_by_their_longest_pieces() {
        assert_eq!(pieces("unaffable"), [2, 4, 5, 6, 3]);
        assert_eq!(pieces("cafes, CAFÉ"), [2, 7, 10, 8, 7, 3]);
        assert_eq!(pieces("unaffablex un"), [2, 1, 4, 3], "unknown as a whole");
    }

    #[test]
    fn what_is_no_word_is_left_out_or_stands_alone() {
        assert_eq!(pieces(""), [2, 3]);
        assert_eq!(pieces(" \t\r\n\u{3000}\0\u{200b}"), [2, 3]);
        assert_eq!(pieces("un\0aff\u{ad}able"), [2, 4, 5, 6, 3]);
        assert_eq!(pieces("中中un"), [2, 9, 9, 4, 3]);
        assert_eq!(pieces("[SEP]"), [2, 11, 13, 12, 3], "brackets and letters");
    }

    #[test]
    fn long_words_and_texts_end() {
        assert_eq!(pieces(&"un".repeat(51)), [2, 1, 3]);
        assert_eq!(pieces(&"s".repeat(1_000_000)), [2, 1, 3]);
        let long = pieces(&"un ".repeat(1_000));
        assert_eq!((long.len(), long.first(), long.last()), (MOST_PIECES, Some(&2), Some(&3)));
    }

    #[test]
    fn a_list_without_special_pieces_is_none() {
        assert!(Vocabulary::new("a\nb\n").is_none());
    }
}
