//! Plots, drawn on the server as SVG: they cost the browser no code, and are there without JavaScript.
//!
//! Lengths along the page are percentages and all others pixels, so that letters and lines keep their size at any width.
//! Colours are classes of the style sheet, so that both themes can read them; each plot stands beside its table.

use std::fmt::Write as _;

use atelier_service::csv::cell;

/// How high the plot of a course is, and what of it is above the highest bar and below the axis, in pixels.
const HEIGHT: f64 = 220.0;
const ABOVE: f64 = 20.0;
const BELOW: f64 = 22.0;

/// How high a row of bars is, in pixels: its words, and the bar below them.
const ROW: f64 = 40.0;

/// How many days are named below a course, at most.
const NAMED: usize = 5;

/// What a bar is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fill {
    /// The class of a part of a whole, from 1 on.
    Part(u8),
    /// A colour, as HTML writes it.
    Color(String),
}

impl Fill {
    fn attribute(&self) -> String {
        match self {
            Self::Part(number) => format!("class=\"part-{number}\""),
            Self::Color(color) => format!("fill=\"{}\"", escaped(color)),
        }
    }
}

/// One bar beside its name.
pub(crate) struct Bar {
    /// What it is of.
    pub(crate) name: String,
    /// Its value, in words.
    pub(crate) words: String,
    /// Its parts, one after the other.
    pub(crate) parts: Vec<(Fill, f64)>,
}

/// Columns side by side, each of its parts one upon the other, with what some of them are called below.
pub(crate) fn columns(title: &str, names: &[String], values: &[Vec<f64>]) -> String {
    let most = values.iter().map(|parts| parts.iter().sum::<f64>()).fold(0.0, f64::max);
    let top = nice(most);
    let ground = HEIGHT - BELOW;
    let height = |value: f64| if top > 0.0 { value / top * (ground - ABOVE) } else { 0.0 };
    let mut svg = opened(title, HEIGHT);
    for line in [0.5, 1.0] {
        let y = ground - height(top * line);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"0\" y=\"{:.1}\">{}</text>",
            y - 4.0,
            number(top * line)
        );
    }
    let width = 100.0 / values.len().max(1) as f64;
    // A course of a few days is no row of walls.
    let shown = (width * 0.8).min(12.0);
    for (place, parts) in values.iter().enumerate() {
        let x = width * place as f64 + (width - shown) / 2.0;
        let mut y = ground;
        for (value, part) in parts.iter().zip(1..) {
            y -= height(*value);
            let _ = write!(
                svg,
                "<rect class=\"part-{part}\" x=\"{x:.2}%\" y=\"{y:.1}\" width=\"{shown:.2}%\" height=\"{:.1}\"/>",
                height(*value)
            );
        }
    }
    let _ = write!(svg, "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{ground}\" y2=\"{ground}\"/>");
    for (place, name) in named(names) {
        let x = width * (place as f64 + 0.5);
        let anchor = match (place, names.len()) {
            (0, 2..) => "start",
            (place, count) if count > 1 && place + 1 == count => "end",
            _ => "middle",
        };
        let x = match anchor {
            "start" => 0.0,
            "end" => 100.0,
            _ => x,
        };
        let _ = write!(
            svg,
            "<text x=\"{x:.2}%\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            HEIGHT - 6.0,
            escaped(name)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Bars below one another, each below its name, all of one scale.
pub(crate) fn bars(title: &str, rows: &[Bar]) -> String {
    let most =
        rows.iter().map(|row| row.parts.iter().map(|(_, value)| value).sum::<f64>()).fold(0.0, f64::max);
    let mut svg = opened(title, ROW * rows.len() as f64);
    for (place, row) in rows.iter().enumerate() {
        let y = ROW * place as f64;
        let _ = write!(
            svg,
            "<text class=\"name\" x=\"0\" y=\"{:.1}\">{}</text>\
             <text x=\"100%\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"ground\" x=\"0\" y=\"{:.1}\" width=\"100%\" height=\"10\"/>",
            y + 15.0,
            escaped(&row.name),
            y + 15.0,
            escaped(&row.words),
            y + 21.0
        );
        let mut x = 0.0;
        for (fill, value) in &row.parts {
            let width = if most > 0.0 { value / most * 100.0 } else { 0.0 };
            let _ = write!(
                svg,
                "<rect {} x=\"{x:.2}%\" y=\"{:.1}\" width=\"{width:.2}%\" height=\"10\"/>",
                fill.attribute(),
                y + 21.0
            );
            x += width;
        }
    }
    svg.push_str("</svg>");
    svg
}

/// How high a row of a matrix is, in pixels.
const CELL: f64 = 32.0;
/// How much of the width its names have, in a hundred.
const NAMES: f64 = 30.0;
/// In how many columns numbers still have room.
const NUMBERED: usize = 12;

/// Cells in rows and columns of the same names, each filled by its share of its row; columns are numbered as the rows are.
pub(crate) fn matrix(title: &str, names: &[String], rows: &[Vec<usize>]) -> String {
    let mut svg = opened(title, CELL * (rows.len() + 1) as f64);
    let width = (100.0 - NAMES) / names.len().max(1) as f64;
    let is_numbered = names.len() <= NUMBERED;
    for column in 0..names.len() {
        if is_numbered {
            let _ = write!(
                svg,
                "<text x=\"{:.2}%\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                NAMES + width * (column as f64 + 0.5),
                CELL - 10.0,
                column + 1
            );
        }
    }
    for ((place, name), row) in names.iter().enumerate().zip(rows) {
        let y = CELL * (place as f64 + 1.0);
        let all = row.iter().sum::<usize>().max(1) as f64;
        // A name that is too long ends where the cells begin.
        let _ = write!(
            svg,
            "<svg x=\"0\" y=\"{y:.1}\" width=\"{:.2}%\" height=\"{CELL}\"><text class=\"name\" x=\"0\" y=\"{:.1}\">{}: {}</text></svg>",
            NAMES - 2.0,
            CELL - 10.0,
            place + 1,
            escaped(name)
        );
        for (column, count) in row.iter().enumerate() {
            let x = NAMES + width * column as f64;
            // What is written on the darkest can still be read.
            let share = *count as f64 / all * 0.6;
            let _ = write!(
                svg,
                "<rect class=\"ground\" x=\"{x:.2}%\" y=\"{:.1}\" width=\"{:.2}%\" height=\"{:.1}\"/>\
                 <rect class=\"part-1\" fill-opacity=\"{share:.3}\" x=\"{x:.2}%\" y=\"{:.1}\" width=\"{:.2}%\" height=\"{:.1}\"/>",
                y + 1.0,
                width * 0.97,
                CELL - 2.0,
                y + 1.0,
                width * 0.97,
                CELL - 2.0
            );
            if is_numbered {
                let _ = write!(
                    svg,
                    "<text class=\"name\" x=\"{:.2}%\" y=\"{:.1}\" text-anchor=\"middle\">{count}</text>",
                    x + width / 2.0,
                    y + CELL - 10.0
                );
            }
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Lines over what goes from 0 to 1 in both directions, and the diagonal if that says something.
pub(crate) fn curves(
    title: &str,
    across: &str,
    up: &str,
    lines: &[Vec<(f64, f64)>],
    has_diagonal: bool,
) -> String {
    let ground = HEIGHT - BELOW;
    let field = ground - ABOVE;
    let mut svg = opened(title, HEIGHT);
    for line in [0.5, 1.0] {
        let y = ground - field * line;
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"0\" y=\"{:.1}\">{}</text>",
            y - 4.0,
            if line == 1.0 { format!("{} 1", escaped(up)) } else { number(line) }
        );
    }
    // Within it, both directions have the same length, whatever the page's width is.
    let _ = write!(
        svg,
        "<svg x=\"0\" y=\"{ABOVE}\" width=\"100%\" height=\"{field}\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">"
    );
    if has_diagonal {
        svg.push_str("<path class=\"diagonal\" d=\"M0 1000L1000 0\" vector-effect=\"non-scaling-stroke\"/>");
    }
    for (points, part) in lines.iter().zip(1..) {
        let path: Vec<String> = points
            .iter()
            .map(|(x, y)| {
                format!("{:.0} {:.0}", x.clamp(0.0, 1.0) * 1_000.0, (1.0 - y.clamp(0.0, 1.0)) * 1_000.0)
            })
            .collect();
        // A line from a point to itself is drawn as a dot.
        let (dot, again) = match path.as_slice() {
            [one] => (" dot", format!("L{one}")),
            _ => ("", String::new()),
        };
        let _ = write!(
            svg,
            "<path class=\"line-{part}{dot}\" d=\"M{}{again}\" vector-effect=\"non-scaling-stroke\"/>",
            path.join("L")
        );
    }
    let _ = write!(
        svg,
        "</svg><line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{ground}\" y2=\"{ground}\"/>\
         <text x=\"0\" y=\"{:.1}\">0</text>\
         <text x=\"100%\" y=\"{:.1}\" text-anchor=\"end\">{} 1</text>",
        HEIGHT - 6.0,
        HEIGHT - 6.0,
        escaped(across)
    );
    svg.push_str("</svg>");
    svg
}

fn opened(title: &str, height: f64) -> String {
    format!(
        "<svg class=\"plot\" role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"{height}\">",
        escaped(title)
    )
}

/// The next of 1, 2 and 5 times a power of ten: a scale that can be read.
fn nice(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let power = 10.0_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(10.0 * power)
}

/// A number of a scale, with as many places as it needs.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value}") }
}

/// Those that are named, evenly, the first and the last among them.
fn named(names: &[String]) -> Vec<(usize, &String)> {
    let last = names.len().saturating_sub(1);
    let count = names.len().min(NAMED);
    let places = (0..count).map(|number| if count > 1 { number * last / (count - 1) } else { 0 });
    places.filter_map(|place| names.get(place).map(|name| (place, name))).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A table as CSV.
pub(crate) fn csv(columns: &[String], rows: &[Vec<String>]) -> String {
    // Numbers are ours, and stay numbers.
    let field = |text: &String| if text.parse::<f64>().is_ok() { text.clone() } else { cell(text) };
    let line = |fields: &Vec<String>| fields.iter().map(field).collect::<Vec<_>>().join(",") + "\r\n";
    std::iter::once(&columns.to_vec()).chain(rows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_can_be_read() {
        let found = [0.0, 0.3, 1.0, 3.0, 7.0, 12.0, 180.0, 501.0].map(nice);
        assert_eq!(found, [0.0, 0.5, 1.0, 5.0, 10.0, 20.0, 200.0, 1_000.0]);
    }

    #[test]
    fn columns_fill_their_scale() {
        let names = ["1 May".to_owned(), "2 May".to_owned()];
        let svg = columns("How far", &names, &[vec![5.0, 5.0], vec![2.0, 3.0]]);
        // 178 pixels are ten.
        assert_eq!(svg.matches("height=\"89.0\"").count(), 2, "{svg}");
        assert!(svg.contains("height=\"35.6\"") && svg.contains("height=\"53.4\""), "{svg}");
        assert!(svg.contains(">1 May<") && svg.contains(">2 May<"));
    }

    #[test]
    fn bars_are_of_one_scale_and_say_no_markup() {
        let bar = |name: &str, value| Bar {
            name: name.into(),
            words: String::new(),
            parts: vec![(Fill::Color("#123456".into()), value)],
        };
        let svg = bars("By \"whom\"", &[bar("<b>", 4.0), bar("b", 1.0)]);
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>"));
        assert!(svg.contains("aria-label=\"By &quot;whom&quot;\""));
        assert!(
            svg.contains("width=\"100.00%\" height=\"10\"/>") && svg.contains("width=\"25.00%\""),
            "{svg}"
        );
    }

    #[test]
    fn curves_stay_in_their_field_and_cells_are_filled_by_their_share() {
        let svg = curves("ROC", "False", "True", &[vec![(0.0, 0.0), (0.25, 1.0), (1.5, 1.0)]], true);
        assert!(svg.contains("class=\"line-1\" d=\"M0 1000L250 0L1000 0\""), "{svg}");
        assert_eq!(svg.matches("class=\"diagonal\"").count(), 1);
        let svg = curves("ROC", "False", "True", &[vec![(0.5, 0.5)]], false);
        assert!(svg.contains("class=\"line-1 dot\" d=\"M500 500L500 500\""), "{svg}");
        let names = ["<a>".to_owned(), "b".to_owned()];
        let svg = matrix("What", &names, &[vec![3, 1], vec![0, 0]]);
        assert!(svg.contains("1: &lt;a&gt;") && !svg.contains("<a>"), "{svg}");
        assert!(svg.contains("fill-opacity=\"0.450\"") && svg.contains("fill-opacity=\"0.000\""), "{svg}");
        let many: Vec<String> = (0..20).map(|number| number.to_string()).collect();
        let svg = matrix("What", &many, &vec![vec![7; 20]; 20]);
        assert_eq!(svg.matches(">7<").count(), 0, "there is no room for them");
    }

    #[test]
    fn few_names_of_many_are_shown() {
        let names: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let places: Vec<usize> = named(&names).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [0, 24, 49, 74, 99]);
        assert_eq!(named(&names[..1]).len(), 1);
        assert!(named(&[]).is_empty());
    }

    #[test]
    fn a_table_is_csv_that_no_spreadsheet_runs() {
        let columns = ["who".to_owned(), "n".to_owned()];
        let rows =
            [vec!["=SUM(A1)".to_owned(), "-1.5".to_owned()], vec!["a, \"b\"".to_owned(), "2".to_owned()]];
        assert_eq!(csv(&columns, &rows), "who,n\r\n\"'=SUM(A1)\",-1.5\r\n\"a, \"\"b\"\"\",2\r\n");
    }
}
