//! `docs/performance.md`: one part for each thing that is measured, replaced when it is measured again.

use std::path::PathBuf;

use crate::Result;

/// The document.
pub(crate) struct Document {
    path: PathBuf,
}

/// A table whose cells are written as they are measured.
pub(crate) struct Table {
    head: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub(crate) fn new(head: &'static [&'static str]) -> Self {
        Self { head, rows: Vec::new() }
    }

    /// Adds a row, and shows it to whoever waits.
    pub(crate) fn add(&mut self, cells: Vec<String>) {
        eprintln!("  {}", cells.join(" · "));
        self.rows.push(cells);
    }

    /// The table as the document has it.
    pub(crate) fn text(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let head: Vec<String> = self.head.iter().map(|cell| (*cell).to_owned()).collect();
        let rule: Vec<String> = self.head.iter().map(|_| "---".to_owned()).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{}{rows}", line(&head), line(&rule))
    }
}

impl Document {
    /// The document at `path`.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Replaces the part under `heading`, or adds it at the end.
    pub(crate) fn replace(&self, heading: &str, text: &str) -> Result<()> {
        let written = std::fs::read_to_string(&self.path)?;
        Ok(std::fs::write(&self.path, replaced(&written, heading, text))?)
    }
}

fn replaced(written: &str, heading: &str, text: &str) -> String {
    let (before, parts) = match written.split_once("\n## ") {
        Some((before, parts)) => (before, parts),
        None => (written, ""),
    };
    let mut parts: Vec<String> =
        parts.split("\n## ").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let part = format!("{heading}\n\n{}\n", text.trim());
    match parts.iter_mut().find(|part| part.lines().next() == Some(heading)) {
        Some(old) => *old = part,
        None => parts.push(part),
    }
    let parts: String = parts.iter().map(|part| format!("\n## {}\n", part.trim_end())).collect();
    format!("{}\n{parts}", before.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_where_it_is_and_a_new_one_comes_last() {
        let first = replaced("# Speed\n\nOn a machine.\n", "Requests", "ten\n");
        assert_eq!(first, "# Speed\n\nOn a machine.\n\n## Requests\n\nten\n");
        let second = replaced(&first, "Memory", "| a |\n| --- |");
        let again = replaced(&second, "Requests", "twelve");
        assert_eq!(
            again,
            "# Speed\n\nOn a machine.\n\n## Requests\n\ntwelve\n\n## Memory\n\n| a |\n| --- |\n"
        );
        assert_eq!(replaced(&again, "Requests", "twelve"), again);
    }
}
