//! As much of YAML as names of classes are written in.

use std::collections::BTreeMap;

/// The names below the key `names`, by their numbers: as a list or as a map, in lines of their own or between brackets.
pub(super) fn names(text: &str) -> BTreeMap<usize, String> {
    let mut names = BTreeMap::new();
    let mut lines = text.lines().skip_while(|line| !line.starts_with("names:"));
    let Some(first) = lines.next() else { return names };
    let rest = first.trim_start_matches("names:").trim();
    if rest.starts_with(['[', '{']) {
        // Between brackets it may go on over several lines.
        let end = if rest.starts_with('[') { ']' } else { '}' };
        let mut all = rest.to_owned();
        for line in lines.take_while(|_| true) {
            if all.contains(end) {
                break;
            }
            all.push_str(line);
        }
        let inner = all.trim_start_matches(['[', '{']).split(end).next().unwrap_or_default();
        for part in parts(inner) {
            add(&part, &mut names);
        }
        return names;
    }
    for line in lines {
        let is_below = line.starts_with([' ', '\t', '-']);
        let entry = line.trim();
        if entry.is_empty() || entry.starts_with('#') {
            continue;
        }
        if !is_below {
            break;
        }
        add(entry.strip_prefix('-').unwrap_or(entry), &mut names);
    }
    names
}

/// What stands between commas, of which those within quotes are none.
fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut quote) = (Vec::new(), String::new(), None);
    for letter in text.chars() {
        match (letter, quote) {
            (',', None) => parts.push(std::mem::take(&mut part)),
            ('"' | '\'', None) => {
                quote = Some(letter);
                part.push(letter);
            }
            (letter, open) => {
                if open == Some(letter) {
                    quote = None;
                }
                part.push(letter);
            }
        }
    }
    parts.push(part);
    parts
}

/// Adds an entry: `3: stop`, or `stop`, which has the next number.
fn add(entry: &str, names: &mut BTreeMap<usize, String>) {
    let entry = entry.trim();
    if entry.is_empty() {
        return;
    }
    let numbered = entry.split_once(':').and_then(|(number, name)| Some((number.trim().parse().ok()?, name)));
    let (number, name) = numbered.unwrap_or((names.len(), entry));
    names.insert(number, unquoted(name.trim()));
}

/// The text between quotes, or as it stands.
fn unquoted(text: &str) -> String {
    if text.starts_with('"') {
        // What is written so is JSON as well, but for what names of classes do not have.
        return serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned());
    }
    match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(inner) => inner.replace("''", "'"),
        None => text.split(" #").next().unwrap_or(text).trim().to_owned(),
    }
}
