//! How good a version of a model is, as figures.

use std::cmp::Reverse;

use atelier_service::inputs::InputRow;
use atelier_service::models::quality::{ClassQuality, Evaluation, Ranking};
use atelier_service::models::{Answer, Evaluated, Mistaken, Outcome, Suspected};

use super::inputs::{Input, beginning};
use super::progress::Figure;
use crate::plot::{self, Bar, Fill};

/// Of how many concepts curves are drawn: as many as there are colours.
const CURVES: usize = 4;

/// How many mistakes are shown, and how many labels that are probably wrong.
const SHOWN: usize = 24;

/// A share as people read it.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn precise(share: f64) -> String {
    format!("{share:.3}")
}

fn or_dash(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), precise)
}

/// How good it is, in sentences.
pub(super) fn summary(outcome: &Outcome, is_exclusive: bool) -> Vec<String> {
    let accuracy = outcome.accuracy;
    let answers = if is_exclusive { "examples" } else { "answers" };
    let mut sentences = vec![
        format!(
            "{} of {} {answers} are right: {}, which lies between {} and {} with 95 % certainty.",
            accuracy.count,
            accuracy.of,
            percent(accuracy.value),
            percent(accuracy.low),
            percent(accuracy.high)
        ),
        format!("Always answering the most frequent would be right in {}.", percent(outcome.chance)),
        "Each example was told by what was learned from others (cross-validation); copies stay together."
            .to_owned(),
    ];
    if let Some(area) = outcome.means.roc_auc {
        sentences.push(format!(
            "Mean over concepts: F1 {}, area under the ROC curve {}.",
            precise(outcome.means.f1),
            precise(area)
        ));
    }
    sentences
}

/// What the figures are called that two versions are compared by, and what they are.
fn compared_by(outcome: &Outcome) -> [(&'static str, Option<f64>); 6] {
    [
        ("Accuracy", Some(outcome.accuracy.value)),
        ("By chance", Some(outcome.chance)),
        ("Precision, mean", Some(outcome.means.precision)),
        ("Recall, mean", Some(outcome.means.recall)),
        ("F1, mean", Some(outcome.means.f1)),
        ("Area under ROC, mean", outcome.means.roc_auc),
    ]
}

/// A version beside another one.
pub(super) fn compared(this: &Outcome, other: &Outcome) -> Vec<[String; 4]> {
    let rows = compared_by(this).into_iter().zip(compared_by(other));
    let mut rows: Vec<[String; 4]> = rows
        .map(|((name, here), (_, there))| {
            let difference = here.zip(there).map(|(here, there)| format!("{:+.3}", here - there));
            [name.to_owned(), or_dash(here), or_dash(there), difference.unwrap_or_else(|| "–".to_owned())]
        })
        .collect();
    let more =
        i64::try_from(this.examples).unwrap_or(i64::MAX) - i64::try_from(other.examples).unwrap_or(i64::MAX);
    rows.push([
        "Examples".to_owned(),
        this.examples.to_string(),
        other.examples.to_string(),
        format!("{more:+}"),
    ]);
    rows
}

/// The worst mistakes, each with what was said and what was predicted.
pub(super) fn mistakes(outcome: &Outcome, mistakes: Vec<Mistaken>) -> Vec<(Input, String)> {
    let shown = mistakes.into_iter().take(SHOWN).map(|Mistaken { mistake, input }| {
        let (said, sure) = (called(outcome, mistake.class), percent(mistake.certainty));
        let words = match mistake.predicted {
            Some(predicted) => {
                format!("Said to be “{said}”, predicted “{}” ({sure}).", called(outcome, predicted))
            }
            None if mistake.said == Answer::Yes => {
                format!("Said to show “{said}”, predicted that it does not ({sure}).")
            }
            None => format!("Said not to show “{said}”, predicted that it does ({sure})."),
        };
        (shown(input), words)
    });
    shown.collect()
}

/// What is probably said wrongly, each with what it is.
pub(super) fn suspects(outcome: &Outcome, suspects: Vec<Suspected>) -> Vec<(Input, String)> {
    let shown = suspects.into_iter().take(SHOWN).map(|Suspected { suspect, input }| {
        let said = called(outcome, suspect.class);
        let (likely, unlikely) =
            (percent(suspect.probability + suspect.margin), percent(suspect.probability));
        let words = match suspect.instead {
            Some(instead) => {
                format!("Said to be “{said}” ({unlikely}), rather “{}” ({likely}).", called(outcome, instead))
            }
            None if suspect.said == Answer::Yes => {
                format!("Said to show “{said}”, which it probably does not ({likely}).")
            }
            None => format!("Said not to show “{said}”, which it probably does ({likely})."),
        };
        (shown(input), words)
    });
    shown.collect()
}

fn called(outcome: &Outcome, class: usize) -> &str {
    outcome.concepts.get(class).map_or("?", |count| count.concept.name.as_str())
}

fn shown(row: InputRow) -> Input {
    Input {
        cursor: row.id.to_string(),
        medium: row.kind,
        beginning: row.body.as_deref().map(beginning),
        has_thumbnail: row.thumbnail_key.is_some(),
        concepts: Vec::new(),
        author: String::new(),
        made_at: row.created_at.micros(),
        slug: row.slug,
    }
}

/// A figure that is not finished.
struct Drawn {
    title: &'static str,
    lead: &'static str,
    svg: String,
    parts: Vec<String>,
    columns: Vec<(bool, String)>,
    rows: Vec<Vec<String>>,
    file: &'static str,
}

impl Drawn {
    fn of(self, model: &str) -> Figure {
        let titles: Vec<String> = self.columns.iter().map(|(_, title)| title.clone()).collect();
        Figure {
            title: self.title.to_owned(),
            lead: self.lead.to_owned(),
            svg: if self.rows.is_empty() { String::new() } else { self.svg },
            parts: self.parts,
            csv: plot::csv(&titles, &self.rows),
            file: format!("{model}-{}.csv", self.file),
            columns: self.columns,
            rows: self.rows,
        }
    }
}

fn columns(titles: &[(bool, &str)]) -> Vec<(bool, String)> {
    titles.iter().map(|(is_number, title)| (*is_number, (*title).to_owned())).collect()
}

/// All figures of a version.
pub(super) fn figures(model: &str, outcome: &Outcome, evaluated: &Evaluated) -> Vec<Figure> {
    let names: Vec<String> = outcome.concepts.iter().map(|count| count.concept.name.clone()).collect();
    let evaluation = &evaluated.evaluation;
    let curves = curves(&names, evaluation);
    let mut drawn: Vec<Drawn> =
        evaluation.confusion.as_ref().map(|matrix| confusion(&names, matrix)).into_iter().collect();
    drawn.extend([
        concepts(&names, evaluation),
        precision_recall(&curves),
        roc(&curves),
        calibration(evaluation),
    ]);
    drawn.into_iter().map(|drawn| drawn.of(model)).collect()
}

fn confusion(names: &[String], matrix: &[Vec<usize>]) -> Drawn {
    let title = "What was taken for what";
    let numbered = names.iter().zip(1..).map(|(name, number)| format!("{number}: {name}"));
    let mut titles = vec![(false, "What it is".to_owned())];
    titles.extend(numbered.map(|name| (true, name)));
    Drawn {
        title,
        lead: "A row for what each example is said to be, a column for what was predicted. What is right stands on the \
               diagonal.",
        svg: plot::matrix(title, names, matrix),
        parts: Vec::new(),
        columns: titles,
        rows: names
            .iter()
            .zip(matrix)
            .map(|(name, row)| {
                std::iter::once(name.clone()).chain(row.iter().map(ToString::to_string)).collect()
            })
            .collect(),
        file: "confusion",
    }
}

fn concepts(names: &[String], evaluation: &Evaluation) -> Drawn {
    let title = "Concept by concept";
    let of = || names.iter().zip(&evaluation.classes);
    let bars: Vec<Bar> = of()
        .map(|(name, quality)| Bar {
            name: name.clone(),
            words: format!("F1 {}", or_dash(quality.f1)),
            parts: vec![
                (Fill::Part(1), quality.f1.unwrap_or_default()),
                (Fill::Part(3), 1.0 - quality.f1.unwrap_or_default()),
            ],
        })
        .collect();
    let row = |(name, quality): (&String, &ClassQuality)| {
        let ranking = quality.ranking.as_ref();
        vec![
            name.clone(),
            quality.truth.positive.to_string(),
            quality.truth.negative.to_string(),
            or_dash(quality.precision),
            or_dash(quality.recall),
            or_dash(quality.f1),
            or_dash(ranking.map(|ranking| ranking.average_precision)),
            or_dash(ranking.map(|ranking| ranking.roc_auc)),
            or_dash(ranking.map(|ranking| ranking.best.threshold)),
        ]
    };
    Drawn {
        title,
        lead: "F1 joins how much of what was predicted is right (precision) with how much of what is there was predicted \
               (recall): 1 is perfect.",
        svg: plot::bars(title, &bars),
        parts: Vec::new(),
        columns: columns(&[
            (false, "Concept"),
            (true, "Positive"),
            (true, "Negative"),
            (true, "Precision"),
            (true, "Recall"),
            (true, "F1"),
            (true, "Average precision"),
            (true, "Area under ROC"),
            (true, "Best threshold"),
        ]),
        rows: of().map(row).collect(),
        file: "concepts",
    }
}

/// The concepts of which curves are drawn: those with the most examples, in their own order.
fn curves<'a>(names: &'a [String], evaluation: &'a Evaluation) -> Vec<(&'a str, &'a Ranking)> {
    let mut with: Vec<(usize, &ClassQuality)> = evaluation.classes.iter().enumerate().collect();
    with.sort_by_key(|(_, quality)| Reverse(quality.truth.positive));
    with.truncate(CURVES);
    with.sort_by_key(|(class, _)| *class);
    let ranked = with.into_iter().filter_map(|(class, quality)| Some((class, quality.ranking.as_ref()?)));
    ranked.filter_map(|(class, ranking)| Some((names.get(class)?.as_str(), ranking))).collect()
}

fn precision_recall(curves: &[(&str, &Ranking)]) -> Drawn {
    let title = "Precision and recall";
    let lines: Vec<Vec<(f64, f64)>> = curves
        .iter()
        .map(|(_, ranking)| {
            ranking.precision_recall.iter().map(|point| (point.recall, point.precision)).collect()
        })
        .collect();
    Drawn {
        title,
        lead: "What becomes of both where the threshold is put elsewhere: to the right, more of what is there is found. \
               Of many concepts, those with the most examples.",
        svg: plot::curves(title, "Recall", "Precision", &lines, false),
        parts: curves.iter().map(|(name, _)| (*name).to_owned()).collect(),
        columns: columns(&[(false, "Concept"), (true, "Threshold"), (true, "Recall"), (true, "Precision")]),
        rows: curves
            .iter()
            .flat_map(|(name, ranking)| {
                ranking.precision_recall.iter().map(|point| {
                    let (threshold, recall) = (precise(point.threshold), precise(point.recall));
                    vec![(*name).to_owned(), threshold, recall, precise(point.precision)]
                })
            })
            .collect(),
        file: "precision-recall",
    }
}

fn roc(curves: &[(&str, &Ranking)]) -> Drawn {
    let title = "ROC";
    let lines: Vec<Vec<(f64, f64)>> = curves
        .iter()
        .map(|(_, ranking)| {
            ranking.roc.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect()
        })
        .collect();
    Drawn {
        title,
        lead: "How much of what is there is found, by how much of what is not there is taken for it. Guessing lies on the \
               diagonal.",
        svg: plot::curves(title, "False positives", "True positives", &lines, true),
        parts: curves.iter().map(|(name, _)| (*name).to_owned()).collect(),
        columns: columns(&[
            (false, "Concept"),
            (true, "Threshold"),
            (true, "False positives"),
            (true, "True positives"),
        ]),
        rows: curves
            .iter()
            .flat_map(|(name, ranking)| {
                ranking.roc.iter().map(|point| {
                    let (threshold, wrong) = (or_dash(point.threshold), precise(point.false_positive_rate));
                    vec![(*name).to_owned(), threshold, wrong, precise(point.true_positive_rate)]
                })
            })
            .collect(),
        file: "roc",
    }
}

fn calibration(evaluation: &Evaluation) -> Drawn {
    let title = "How far its probabilities are what they say";
    let bins = &evaluation.calibration.bins;
    let line = bins.iter().map(|bin| (bin.probability, bin.frequency)).collect();
    Drawn {
        title,
        lead: "How often it is so, by how probable it is said to be. On the diagonal, both are the same.",
        svg: plot::curves(title, "Probability", "How often it is so", &[line], true),
        parts: Vec::new(),
        columns: columns(&[(true, "Probability"), (true, "How often it is so"), (true, "Answers")]),
        rows: bins
            .iter()
            .map(|bin| vec![precise(bin.probability), precise(bin.frequency), bin.count.to_string()])
            .collect(),
        file: "calibration",
    }
}
