//! Gathering what is said of inputs.

use std::collections::{BTreeMap, HashMap};

use atelier_domain::id::{DatasetId, DatasetVersionId, InputId};
use atelier_domain::training::{CONCEPTS, Examples, Fault};
use atelier_domain::{Endpoint, Medium, Part, Permit, Training};
use atelier_learn::{Answer, Targets};
use atelier_store::Conn;
use atelier_store::queries::{concepts, dataset_versions, datasets, examples};

use super::{Caution, Count};
use crate::annotations::status;
use crate::models::ModelConcept;
use crate::{Error, Result, Service, Who};

/// From which value on a concept counts as being there.
const THERE: f64 = 0.5;

/// How many inputs of a version are read at once.
const AT_ONCE: usize = 500;

/// With fewer examples nothing can be held out to judge by.
const FEWEST: usize = 4;

/// From which inputs is learned, once they are found.
#[derive(Clone, Copy, Debug)]
pub(in crate::models) enum Source {
    All,
    Dataset(DatasetId),
    Version(DatasetVersionId),
}

/// Why nothing can be learned, in a sentence.
pub(super) type Failure = (Fault, String);

/// What is said of inputs, as examples.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) medium: Medium,
    pub(super) concepts: Vec<ModelConcept>,
    pub(super) inputs: Vec<InputId>,
    pub(super) said: Said,
    /// What was left out.
    pub(super) cautions: Vec<Caution>,
}

/// What is said of each example.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// The one concept that it shows.
    One(Vec<u32>),
    /// What is known of each concept.
    Each(Vec<Answer>),
}

/// What all that counts says of one input and one concept.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    yes: bool,
    no: bool,
}

impl Sides {
    fn take(&mut self, value: f64) {
        if value >= THERE {
            self.yes = true;
        } else {
            self.no = true;
        }
    }
}

/// What is said of one input, by the places of concepts.
type OfInput = BTreeMap<usize, Sides>;

impl Table {
    /// The examples that what is said makes.
    fn of(
        medium: Medium,
        concepts: Vec<ModelConcept>,
        said: Vec<(InputId, OfInput)>,
        training: &Training,
    ) -> Self {
        let width = concepts.len();
        let (mut inputs, mut one, mut each) = (Vec::with_capacity(said.len()), Vec::new(), Vec::new());
        let mut contradicted = 0;
        for (input, sides) in said {
            let is_contradicted = sides.values().any(|sides| sides.yes && sides.no);
            let mut shown = sides.iter().filter(|(_, sides)| sides.yes && !sides.no).map(|(place, _)| *place);
            if training.is_exclusive {
                let (first, second) = (shown.next(), shown.next());
                match first {
                    _ if is_contradicted || second.is_some() => contradicted += 1,
                    Some(class) => {
                        inputs.push(input);
                        // There are far fewer concepts.
                        one.push(u32::try_from(class).unwrap_or(u32::MAX));
                    }
                    // What an input is not tells nothing of which one it is.
                    None => {}
                }
                continue;
            }
            contradicted += usize::from(is_contradicted);
            let otherwise =
                if training.assumes_absent && shown.next().is_some() { Answer::No } else { Answer::Unknown };
            inputs.push(input);
            each.extend((0..width).map(|place| match sides.get(&place) {
                Some(Sides { yes: true, no: false }) => Answer::Yes,
                Some(Sides { yes: false, no: true }) => Answer::No,
                Some(_) => Answer::Unknown,
                None => otherwise,
            }));
        }
        let said = if training.is_exclusive { Said::One(one) } else { Said::Each(each) };
        let mut cautions = Vec::new();
        if contradicted > 0 {
            cautions.push(Caution::Contradicted { inputs: contradicted });
        }
        Self { medium, concepts, inputs, said, cautions }
    }

    pub(super) fn targets(&self) -> Targets<'_> {
        match &self.said {
            Said::One(of) => Targets::Exclusive { classes: self.concepts.len(), of },
            Said::Each(answers) => Targets::Independent { concepts: self.concepts.len(), answers },
        }
    }

    /// How often each concept is said.
    pub(super) fn counts(&self) -> Vec<Count> {
        let counts = self.concepts.iter().cloned().zip(self.targets().counts());
        counts
            .map(|(concept, counts)| Count { concept, positive: counts.positive, negative: counts.negative })
            .collect()
    }

    /// Leaves out the examples for which `is_kept` is not true.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&InputId) -> bool) {
        let keep: Vec<bool> = self.inputs.iter().map(is_kept).collect();
        let width = self.concepts.len().max(1);
        let is_kept = |place: usize| keep.get(place).copied().unwrap_or(false);
        let mut place = 0..;
        match &mut self.said {
            Said::One(of) => of.retain(|_| place.next().is_some_and(is_kept)),
            Said::Each(answers) => {
                answers.retain(|_| place.next().is_some_and(|at: usize| is_kept(at / width)))
            }
        }
        let mut place = 0..;
        self.inputs.retain(|_| place.next().is_some_and(is_kept));
    }

    /// Leaves out the concepts of which nothing can be learned, and says so; then the examples that say nothing of the others.
    pub(super) fn prune(&mut self) {
        let is_exclusive = matches!(self.said, Said::One(_));
        let mut now_at: Vec<Option<usize>> = Vec::with_capacity(self.concepts.len());
        let mut kept = Vec::new();
        for count in self.counts() {
            let name = count.concept.name.clone();
            if count.positive == 0 {
                self.cautions.push(Caution::NeverSaid { concept: name });
                now_at.push(None);
            } else if !is_exclusive && count.negative == 0 {
                self.cautions.push(Caution::NeverDenied { concept: name });
                now_at.push(None);
            } else {
                now_at.push(Some(kept.len()));
                kept.push(count.concept);
            }
        }
        if kept.len() == self.concepts.len() {
            return;
        }
        match &mut self.said {
            // None of these examples is of a class that went.
            Said::One(of) => {
                for class in of.iter_mut() {
                    let now = now_at.get(*class as usize).copied().flatten();
                    *class = now.and_then(|now| u32::try_from(now).ok()).unwrap_or(u32::MAX);
                }
            }
            Said::Each(answers) => {
                let width = now_at.len().max(1);
                let mut place = 0..;
                answers.retain(|_| {
                    place.next().is_some_and(|at: usize| now_at.get(at % width).copied().flatten().is_some())
                });
            }
        }
        self.concepts = kept;
        if let Said::Each(answers) = &self.said {
            let width = self.concepts.len();
            let says: std::collections::HashSet<InputId> = if width == 0 {
                std::collections::HashSet::new()
            } else {
                let rows = self.inputs.iter().zip(answers.chunks_exact(width));
                let known = rows.filter(|(_, row)| row.iter().any(|answer| *answer != Answer::Unknown));
                known.map(|(input, _)| *input).collect()
            };
            self.retain(|input| says.contains(input));
        }
    }

    /// Whether something can be learned from what is left.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check(&self) -> std::result::Result<(), Failure> {
        let things = match self.medium {
            Medium::Image => "picture",
            Medium::Text => "text",
        };
        let is_exclusive = matches!(self.said, Said::One(_));
        let lacks = |of: fn(&Caution) -> bool| self.cautions.iter().any(of);
        match (self.concepts.as_slice(), is_exclusive) {
            ([], _) if lacks(|caution| matches!(caution, Caution::NeverDenied { .. })) => Err((
                Fault::OneClass,
                format!(
                    "Of no {things} it is said that a concept is not there: there is nothing to tell those from that show \
                     it. Say so of some, or take what is not said to be absent."
                ),
            )),
            ([], _) if self.cautions.is_empty() => {
                Err((Fault::NoData, "There are no concepts to learn.".to_owned()))
            }
            ([], _) => Err((
                Fault::NoPositives,
                format!("Nothing that counts is said of any {things} with these concepts: label some first."),
            )),
            ([only], true) => Err((
                Fault::OneClass,
                format!("All examples show “{}”: there is nothing to tell it from.", only.name),
            )),
            _ if self.inputs.len() < FEWEST => Err((
                Fault::TooFew,
                format!(
                    "There are {} labelled {things}s: {FEWEST} are needed at least, and 20 of each concept make sense.",
                    self.inputs.len()
                ),
            )),
            _ => Ok(()),
        }
    }
}

impl Service {
    /// What a model is to learn from, if it is there and the caller may see it.
    ///
    /// # Errors
    /// When it is not, or they may not.
    pub(in crate::models) async fn examples_of(
        &self,
        conn: &mut Conn,
        who: &Who,
        permit: &Permit,
        from: &Examples,
    ) -> Result<Source> {
        let none = |dataset: &str| {
            Error::invalid("dataset", format!("must be one of this app: `{dataset}` is none"))
        };
        match from {
            Examples::All => Ok(Source::All),
            Examples::Dataset(dataset) => {
                self.also(conn, who, permit, Endpoint::GetDataset).await?;
                let row = datasets::get(conn, permit, dataset).await?;
                row.map(|row| Source::Dataset(row.id)).ok_or_else(|| none(dataset))
            }
            Examples::Version { dataset, version } => {
                self.also(conn, who, permit, Endpoint::GetDatasetVersion).await?;
                let row = dataset_versions::get(conn, permit, dataset, version).await?;
                row.map(|row| Source::Version(row.id)).ok_or_else(|| none(dataset))
            }
        }
    }

    /// What is said of the inputs that the permit's holder reaches, as it counts now; of a version, as it counted then.
    pub(super) async fn gather_examples(
        &self,
        conn: &mut Conn,
        who: &Who,
        permit: &Permit,
        training: &Training,
    ) -> Result<Table> {
        let source = self.examples_of(conn, who, permit, &training.from).await?;
        let named: Vec<&str> = training.concepts.iter().map(|concept| concept.as_str()).collect();
        let rows = if named.is_empty() {
            concepts::list(conn, permit, None, 0, CONCEPTS).await?
        } else {
            let mut rows = concepts::named(conn, permit, &named).await?;
            // In the order in which they were chosen.
            rows.sort_by_key(|row| named.iter().position(|slug| *slug == row.slug));
            rows
        };
        let concepts: Vec<ModelConcept> =
            rows.into_iter().map(|row| ModelConcept { slug: row.slug, name: row.name }).collect();
        let media = training.medium.map_or_else(|| vec![Medium::Image, Medium::Text], |medium| vec![medium]);
        let mut best: Option<Table> = None;
        for medium in media {
            let said = said_of(conn, permit, source, medium, &concepts).await?;
            let table = Table::of(medium, concepts.clone(), said, training);
            if best.as_ref().is_none_or(|best| table.inputs.len() > best.inputs.len()) {
                best = Some(table);
            }
        }
        best.ok_or(Error::NotFound)
    }
}

/// What is said of inputs of that kind, by the places of concepts.
async fn said_of(
    conn: &mut Conn,
    permit: &Permit,
    source: Source,
    medium: Medium,
    concepts: &[ModelConcept],
) -> Result<Vec<(InputId, OfInput)>> {
    let places: HashMap<&str, usize> =
        concepts.iter().enumerate().map(|(place, concept)| (concept.slug.as_str(), place)).collect();
    let within = match source {
        Source::All => None,
        Source::Dataset(dataset) => Some(dataset),
        Source::Version(version) => return said_then(conn, permit, version, medium, &places).await,
    };
    let slugs: Vec<&str> = concepts.iter().map(|concept| concept.slug.as_str()).collect();
    let rows = examples::answers(conn, permit, medium, &slugs, status::SUCCESS, within).await?;
    let mut said: Vec<(InputId, OfInput)> = Vec::new();
    for row in rows {
        let Some(place) = places.get(row.concept.as_str()) else { continue };
        if said.last().is_none_or(|(input, _)| *input != row.input_id) {
            said.push((row.input_id, OfInput::new()));
        }
        if let Some((_, sides)) = said.last_mut() {
            let sides = sides.entry(*place).or_default();
            sides.take(row.most);
            sides.take(row.least);
        }
    }
    Ok(said)
}

/// The same of a version of a dataset, as it counted when that was made. What it is to be tested with is not learned from.
async fn said_then(
    conn: &mut Conn,
    permit: &Permit,
    version: DatasetVersionId,
    medium: Medium,
    places: &HashMap<&str, usize>,
) -> Result<Vec<(InputId, OfInput)>> {
    let mut said = Vec::new();
    let mut after = 0;
    loop {
        let rows = dataset_versions::inputs(conn, permit, version, None, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(said) };
        after = last.position;
        for row in rows {
            if row.kind != medium || row.part == Some(Part::Test) {
                continue;
            }
            let mut of_input = OfInput::new();
            for annotation in row.said.iter().filter(|one| one.status == status::SUCCESS) {
                for (concept, value) in annotation.labels.concepts() {
                    if let Some(place) = places.get(concept) {
                        of_input.entry(*place).or_default().take(value.into());
                    }
                }
            }
            if !of_input.is_empty() {
                said.push((row.input_id, of_input));
            }
        }
    }
}
