//! What documents say of the tree must be so.

use crate::paths::Paths;

/// The texts between single backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Each test of the table is where the table says, and names the requirements of its row.
#[test]
fn the_table_of_security_names_places_and_tests_that_exist() {
    let root = Paths::find().root;
    let read = |path: &str| {
        std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let mut checked = 0;
    for row in read("docs/security.md").lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [ids, _, places, tests] = cells.as_slice() else { panic!("a row has four cells: {row}") };
        if !ids.starts_with(|first: char| first.is_ascii_digit()) {
            continue;
        }
        for place in quoted(places) {
            assert!(root.join(place).exists(), "{place}");
        }
        for part in tests.split("; ") {
            let mut names = quoted(part);
            let file = names.next().unwrap_or_else(|| panic!("a row names its tests: {row}"));
            let text = read(file);
            for name in names {
                let at = text
                    .find(&format!("fn {name}("))
                    .unwrap_or_else(|| panic!("{file} has no test `{name}`"));
                let above: Vec<&str> = text[..at].lines().rev().take(6).collect();
                for id in ids.split(", ") {
                    let says = |line: &&str| line.trim_start().starts_with("///") && line.contains(id);
                    assert!(above.iter().any(says), "{file}: `{name}` does not name {id}");
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 40, "{checked}");
}
