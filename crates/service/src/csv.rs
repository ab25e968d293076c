//! Cells of tables that spreadsheets open (RFC 4180): what they would compute is marked as text, since names and
//! identifiers are what people chose (ASVS 1.2.10).

use std::borrow::Cow;

/// What a text begins with that some spreadsheet computes.
const COMPUTED: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text, with an apostrophe before what would be computed; and before one that stands there already, so that
/// [`unmarked`] gives each text back.
#[must_use]
pub fn marked(text: &str) -> Cow<'_, str> {
    let after_marks = text.trim_start_matches('\'');
    if after_marks.starts_with(COMPUTED) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the apostrophe that [`marked`] put before it.
#[must_use]
pub fn unmarked(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(COMPUTED) => rest,
        _ => cell,
    }
}

/// The text as a cell: marked, and between quotation marks where it takes them.
#[must_use]
pub fn cell(text: &str) -> String {
    let marked = marked(text);
    if marked.starts_with('\'') || marked.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", marked.replace('"', "\"\""))
    } else {
        marked.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_computed_and_every_text_comes_back() {
        for (text, expected) in [
            ("Ada", "Ada"),
            ("", ""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("=SUM(A1)", "\"'=SUM(A1)\""),
            ("＝1", "\"'＝1\""),
            ("\n=1", "\"'\n=1\""),
            ("'=1", "\"''=1\""),
            ("'tis", "\"'tis\""),
        ] {
            assert_eq!(cell(text), expected);
            assert_eq!(unmarked(&marked(text)), text);
        }
    }
}
