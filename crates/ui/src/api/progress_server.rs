//! The server's side of [`super`].

use std::collections::BTreeMap;

use atelier_domain::Endpoint;
use atelier_domain::id::UserId;
use atelier_domain::team::TeamAgreement;
use atelier_service::AppName;
use atelier_service::tasks::{COMPARED, DayEnd, LabellerProgress};

use super::{AppProgress, Figure, TaskProgress};
use crate::api::apps::place;
use crate::api::concepts::{Concept, concept, offered};
use crate::error::UiError;
use crate::plot::{self, Bar, Fill};
use crate::server::{service, who};

/// Of how many days a course is drawn, the last ones.
const DAYS: i64 = 120;

/// How many microseconds a day has.
const DAY: i64 = 86_400_000_000;

pub(super) async fn progress(owner: &str, app: &str, slug: &str) -> Result<TaskProgress, UiError> {
    let (service, who) = (service(), who());
    let name = AppName::of(owner, app);
    let place = place(service.get_app(&who, &name, Endpoint::ViewApp).await?);
    let found = service.task_progress(&who, &name, slug).await?.value;
    let concepts: Vec<_> = found.task.concepts.iter().cloned().map(concept).collect();
    let counts = concepts.into_iter().zip(found.concepts.iter().map(|(_, count)| *count)).collect();
    let lead = "In how many of the submitted inputs each of the choices is, by whoever said so.";
    let mut figures = vec![course(&found.course), labellers(&found.labellers), balance(counts, lead)];
    figures.extend(agreement(&found.agreement, &found.names));
    let (slug, name) = (found.task.row.slug, found.task.row.name);
    Ok(TaskProgress {
        figures: figures.into_iter().map(|figure| figure.of(&slug)).collect(),
        place,
        slug,
        name,
    })
}

/// Of how many concepts an app's figure tells, the most frequent.
const CONCEPTS: usize = 30;

pub(super) async fn of_app(owner: &str, app: &str) -> Result<AppProgress, UiError> {
    let (service, who) = (service(), who());
    let name = AppName::of(owner, app);
    let place = place(service.get_app(&who, &name, Endpoint::ViewApp).await?);
    let found = service.app_progress(&who, &name).await?.value;
    let known = offered(&name).await?;
    let counts = found.concepts.iter().filter_map(|(slug, count)| {
        let concept = known.iter().find(|concept| concept.slug == *slug)?;
        Some((concept.clone(), *count))
    });
    let lead = "In how many of the submitted inputs of all tasks each concept is, by whoever said so: the most frequent.";
    let figures = vec![
        course(&found.course),
        labellers(&found.labellers),
        balance(counts.take(CONCEPTS).collect(), lead),
    ];
    let figures = figures.into_iter().filter(|figure| !figure.rows.is_empty());
    Ok(AppProgress { figures: figures.map(|figure| figure.of(app)).collect(), place })
}

/// A figure that is not finished.
struct Drawn {
    title: &'static str,
    lead: String,
    svg: String,
    parts: Vec<&'static str>,
    columns: Vec<(bool, &'static str)>,
    rows: Vec<Vec<String>>,
    file: &'static str,
}

impl Drawn {
    fn of(self, task: &str) -> Figure {
        let columns: Vec<(bool, String)> =
            self.columns.into_iter().map(|(is_number, title)| (is_number, title.to_owned())).collect();
        let titles: Vec<String> = columns.iter().map(|(_, title)| title.clone()).collect();
        Figure {
            title: self.title.to_owned(),
            lead: self.lead,
            svg: if self.rows.is_empty() { String::new() } else { self.svg },
            parts: self.parts.into_iter().map(str::to_owned).collect(),
            csv: plot::csv(&titles, &self.rows),
            file: format!("{task}-{}.csv", self.file),
            columns,
            rows: self.rows,
        }
    }
}

/// A day, as a table and a file write it.
fn iso(day: i64) -> String {
    let at = jiff::Timestamp::from_microsecond(day.saturating_mul(DAY));
    // Days come from moments that the calendar has.
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// How far it was day by day. Days on which nothing was done stand as the one before.
fn course(course: &[DayEnd]) -> Drawn {
    let last = course.last().map_or(0, |end| end.day);
    let first = course.first().map_or(0, |end| end.day).max(last - DAYS + 1);
    let at = |day: i64| course.iter().rev().find(|end| end.day <= day).copied().unwrap_or_default();
    let days: Vec<DayEnd> = if course.is_empty() {
        Vec::new()
    } else {
        (first..=last).map(|day| DayEnd { day, ..at(day) }).collect()
    };
    let names: Vec<String> = days.iter().map(|end| iso(end.day)).collect();
    let values: Vec<Vec<f64>> =
        days.iter().map(|end| vec![end.over as f64, end.waiting as f64, end.left as f64]).collect();
    let title = "How far it is";
    Drawn {
        title,
        lead: "At the end of each day, by when what stands now came to stand so.".into(),
        svg: plot::columns(title, &names, &values),
        parts: vec!["Nothing left to do", "In review or waiting for others", "To be labelled"],
        columns: vec![
            (false, "Day"),
            (true, "Nothing left to do"),
            (true, "Waiting"),
            (true, "To be labelled"),
        ],
        rows: days
            .iter()
            .map(|end| {
                vec![iso(end.day), end.over.to_string(), end.waiting.to_string(), end.left.to_string()]
            })
            .collect(),
        file: "course",
    }
}

fn labellers(labellers: &[LabellerProgress]) -> Drawn {
    let acceptance = |one: &LabellerProgress| {
        let reviewed = one.approved + one.returned + one.rejected;
        if reviewed == 0 {
            "–".to_owned()
        } else {
            format!("{:.0} %", one.approved as f64 / reviewed as f64 * 100.0)
        }
    };
    let a_day = |one: &LabellerProgress| format!("{:.1}", one.submitted as f64 / one.days.max(1) as f64);
    let bars: Vec<Bar> = labellers
        .iter()
        .map(|one| {
            let open = (one.submitted - one.approved - one.returned - one.rejected).max(0);
            Bar {
                name: one.name.clone(),
                words: format!("{} submitted, {} approved", one.submitted, acceptance(one)),
                parts: vec![
                    (Fill::Part(1), one.approved as f64),
                    (Fill::Part(2), one.returned as f64),
                    (Fill::Part(4), one.rejected as f64),
                    (Fill::Part(3), open as f64),
                ],
            }
        })
        .collect();
    let title = "Labellers";
    Drawn {
        title,
        lead: "What each submitted, and what reviewers made of it as it was submitted last.".into(),
        svg: plot::bars(title, &bars),
        parts: vec!["Approved", "Given back", "Not reviewed", "Rejected"],
        columns: vec![
            (false, "Labeller"),
            (true, "Submitted"),
            (true, "A day"),
            (true, "Approved"),
            (true, "Given back"),
            (true, "Rejected"),
            (true, "Acceptance"),
        ],
        rows: labellers
            .iter()
            .map(|one| {
                vec![
                    one.name.clone(),
                    one.submitted.to_string(),
                    a_day(one),
                    one.approved.to_string(),
                    one.returned.to_string(),
                    one.rejected.to_string(),
                    acceptance(one),
                ]
            })
            .collect(),
        file: "labellers",
    }
}

fn balance(counts: Vec<(Concept, i64)>, lead: &str) -> Drawn {
    let bars: Vec<Bar> = counts
        .iter()
        .map(|(concept, count)| Bar {
            name: concept.name.clone(),
            words: count.to_string(),
            parts: vec![(Fill::Color(concept.color.clone()), *count as f64)],
        })
        .collect();
    let title = "Concepts";
    Drawn {
        title,
        lead: lead.to_owned(),
        svg: plot::bars(title, &bars),
        parts: Vec::new(),
        columns: vec![(false, "Concept"), (true, "Inputs")],
        rows: counts.iter().map(|(concept, count)| vec![concept.name.clone(), count.to_string()]).collect(),
        file: "concepts",
    }
}

/// How far people agree; nothing, where no input was labelled by several.
fn agreement(found: &TeamAgreement, names: &BTreeMap<UserId, String>) -> Option<Drawn> {
    if found.inputs == 0 {
        return None;
    }
    let called = |user: &UserId| names.get(user).cloned().unwrap_or_default();
    let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
    let bars: Vec<Bar> = found
        .pairs
        .iter()
        .map(|pair| Bar {
            name: format!("{} and {}", called(&pair.one), called(&pair.other)),
            words: share(pair.kappa),
            parts: vec![(Fill::Part(1), pair.kappa.unwrap_or_default().max(0.0))],
        })
        .collect();
    let team = match found.fleiss {
        Some(kappa) => format!("Fleiss’ kappa of all is {kappa:.2}, of {} inputs. ", found.fleiss_inputs),
        None => String::new(),
    };
    let title = "Agreement";
    Some(Drawn {
        title,
        lead: format!(
            "{team}Cohen’s kappa of each two: 1 is always, 0 is as often as chance would have it. Overlap is that of their \
             regions, on average. Of {} inputs that several labelled, at most {COMPARED} of which are looked at.",
            found.inputs
        ),
        svg: plot::bars(title, &bars),
        parts: Vec::new(),
        columns: vec![(false, "Two"), (true, "Inputs"), (true, "Kappa"), (true, "Overlap")],
        rows: found
            .pairs
            .iter()
            .map(|pair| {
                vec![
                    format!("{} and {}", called(&pair.one), called(&pair.other)),
                    pair.inputs.to_string(),
                    share(pair.kappa),
                    share(pair.overlap),
                ]
            })
            .collect(),
        file: "agreement",
    })
}
