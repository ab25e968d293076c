//! A table with a line for each label, as exports have it, and as spreadsheets make of it.

use std::collections::BTreeMap;

use atelier_domain::{Label, Labels, Place, Point, Region, ResourceId, Shape};

use super::jsonl::standing;
use super::{
    Contents, Draft, Found, Said, Source, Unreadable, concept, polygon, rectangle, share, slug_of, text,
};
use crate::csv::unmarked;

/// A line of a table: the number of the line on which it begins, and its cells.
type Row = (usize, Vec<String>);

/// The most cells of one table: each takes more room than the sign that ends it.
const MOST_CELLS: usize = 4_000_000;

/// The rows of a table between whose cells stands `separator`; none, if it has more cells than [`MOST_CELLS`].
pub(super) fn rows(text: &str, separator: char) -> Option<Vec<Row>> {
    let mut count = 0;
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begin, mut is_quoted) = (1, 1, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\n' {
            line += 1;
        }
        if !is_quoted && (letter == '\n' || letter == separator) {
            count += 1;
            if count > MOST_CELLS {
                return None;
            }
        }
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            letter if is_quoted => cell.push(letter),
            '\r' => {}
            '\n' => {
                cells.push(std::mem::take(&mut cell));
                rows.push((begin, std::mem::take(&mut cells)));
                begin = line;
            }
            letter if letter == separator => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        rows.push((begin, cells));
    }
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    Some(rows)
}

/// What stands between the cells: what the first line has most of.
fn separator(text: &str) -> char {
    let head = text.lines().next().unwrap_or_default();
    let count = |separator: &char| head.matches(*separator).count();
    [',', ';', '\t'].into_iter().max_by_key(count).unwrap_or(',')
}

/// A line by the names of its columns.
struct Cells<'a> {
    columns: &'a BTreeMap<String, usize>,
    cells: &'a [String],
}

impl Cells<'_> {
    /// The cell of a column, without the mark before what a spreadsheet would compute; nothing, if there is none.
    fn get(&self, name: &str) -> &str {
        let cell = self.columns.get(name).and_then(|place| self.cells.get(*place));
        unmarked(cell.map_or("", |cell| cell.trim()))
    }

    /// The number in a column; spreadsheets of some languages write it with a comma.
    fn number(&self, name: &str) -> Result<f64, String> {
        let cell = self.get(name);
        cell.replace(',', ".").parse().map_err(|_| format!("`{cell}` in the column `{name}` is no number"))
    }

    /// What its label is of: nothing, if of the whole.
    fn shape(&self) -> Result<Option<Shape>, String> {
        match self.get("shape") {
            "" | "whole" => Ok(None),
            "box" => {
                let edges = [
                    self.number("left")?,
                    self.number("top")?,
                    self.number("right")?,
                    self.number("bottom")?,
                ];
                rectangle(edges).map(Some).map_err(|why| format!("The box {why}"))
            }
            "polygon" => polygon(&self.points()?).map(Some).map_err(|why| format!("The polygon {why}")),
            "point" => match self.points()?.as_slice() {
                [x, y] => match (share(*x), share(*y)) {
                    (Some(col), Some(row)) => Ok(Some(Shape::Point(Point { row, col }))),
                    _ => Err("The point lies outside the picture".into()),
                },
                _ => Err("A point has two numbers in the column `points`".into()),
            },
            "span" => {
                let whole = |name: &str| {
                    let cell = self.get(name);
                    cell.parse().map_err(|_| format!("`{cell}` in the column `{name}` is no whole number"))
                };
                Ok(Some(Shape::Span { start: whole("start")?, end: whole("end")? }))
            }
            other => Err(format!("`{other}` is none of whole, box, polygon, point and span")),
        }
    }

    /// Where its input was made: nothing, if the line does not say.
    fn made_at(&self) -> Result<Option<Place>, String> {
        match [self.get("latitude"), self.get("longitude")].map(str::is_empty) {
            [true, true] => Ok(None),
            [false, false] => Place::new(self.number("latitude")?, self.number("longitude")?)
                .map(Some)
                .map_err(|error| format!("The {error}")),
            [false, true] => Err("It has a latitude and no longitude".into()),
            [true, false] => Err("It has a longitude and no latitude".into()),
        }
    }

    fn points(&self) -> Result<Vec<f64>, String> {
        let numbers = self.get("points").split_whitespace().map(str::parse);
        numbers
            .collect::<Result<_, _>>()
            .map_err(|_| "The column `points` has something that is no number".into())
    }

    fn label(&self) -> Result<Option<Label>, String> {
        let name = self.get("concept");
        if name.is_empty() {
            return Ok(None);
        }
        let value = if self.get("value").is_empty() { 1.0 } else { self.number("value")? };
        let value = share(value).ok_or_else(|| format!("The value {value} is not between 0 and 1"))?;
        Ok(Some(Label { concept: concept(name)?, value }))
    }
}

/// Adds what a line says to what its annotation says already.
fn say(labels: &mut Labels, cells: &Cells<'_>) -> Result<(), String> {
    let (shape, label) = (cells.shape()?, cells.label()?);
    let Some(shape) = shape else {
        labels.concepts.extend(label);
        return Ok(());
    };
    let id = match cells.get("region") {
        "" => format!("r{}", labels.regions.len() + 1),
        id => id.to_owned(),
    };
    let id: ResourceId = id.parse().map_err(|error| format!("The region’s id {error}"))?;
    match labels.regions.iter_mut().find(|region| region.id == id) {
        Some(region) => region.labels.extend(label),
        None => labels.regions.push(Region { id, shape, labels: label.into_iter().collect() }),
    }
    Ok(())
}

/// Reads each line of the table at `path`.
///
/// # Errors
/// When there is too much of it.
pub(super) fn read(
    source: &mut Source,
    contents: &Contents,
    path: &str,
    found: &mut Found,
) -> Result<(), Unreadable> {
    let Some(text) = text(source, path, found)? else { return Ok(()) };
    let Some(rows) = rows(&text, separator(&text)) else {
        found.tell(path, format!("It has more than {MOST_CELLS} cells."));
        return Ok(());
    };
    let Some((_, head)) = rows.first() else { return Ok(()) };
    let columns: BTreeMap<String, usize> =
        head.iter().map(|name| name.trim().to_lowercase()).zip(0..).collect();
    if !columns.contains_key("input") && !columns.contains_key("file") {
        found.tell(format!("line 1 of {path}"), "It has neither a column `input` nor a column `file`.");
        return Ok(());
    }
    // The place of each input among the drafts, and of each of its annotations.
    let mut known: BTreeMap<String, (usize, BTreeMap<String, usize>)> = BTreeMap::new();
    for (number, row) in rows.iter().skip(1) {
        let cells = Cells { columns: &columns, cells: row };
        let place = format!("line {number} of {path}");
        let file = cells.get("file");
        let slug = match cells.get("input") {
            "" => slug_of(file),
            slug => slug.to_owned(),
        };
        let made_at = match cells.made_at() {
            Ok(made_at) => made_at,
            Err(why) => {
                found.tell(place, format!("{why}."));
                continue;
            }
        };
        let (draft, annotations) = known.entry(slug.clone()).or_insert_with(|| {
            let file = contents.find(file, path).filter(|_| !file.is_empty());
            found.drafts.push(Draft { place: place.clone(), slug, file, ..Draft::default() });
            (found.drafts.len() - 1, BTreeMap::new())
        });
        let Some(draft) = found.drafts.get_mut(*draft) else { continue };
        // One line of an input may say for all of them where it was made.
        if made_at.is_some_and(|made_at| *draft.made_at.get_or_insert(made_at) != made_at) {
            found.tell(place, "It says another place than a line of the same input before it.");
            continue;
        }
        if ["concept", "shape", "annotation"].iter().all(|name| cells.get(name).is_empty()) {
            continue;
        }
        let annotation = *annotations.entry(cells.get("annotation").to_owned()).or_insert_with(|| {
            let status = standing(cells.get("status"));
            draft.said.push(Said { place: place.clone(), status, ..Said::default() });
            draft.said.len() - 1
        });
        let Some(said) = draft.said.get_mut(annotation) else { continue };
        if let Err(why) = say(&mut said.labels, &cells) {
            found.tell(place, format!("{why}."));
        }
    }
    Ok(())
}
