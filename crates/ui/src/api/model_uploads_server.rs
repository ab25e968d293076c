//! The server's side of [`super`], as far as it is about models that are uploaded.

use atelier_domain::{Endpoint, Medium};
use atelier_service::AppName;
use atelier_service::models::uploaded::{Input, Order, Output};
use atelier_service::models::{Model, ModelName, Scale, Uploaded};

use super::{PixelScale, UploadFacts, UploadMaterial};
use crate::api::apps::{if_allowed, place, refusal};
use crate::api::inputs::server::bytes;
use crate::api::tasks::Choice;
use crate::error::UiError;
use crate::server::{service, who};

/// How many vocabularies are offered.
const VOCABS: usize = 1_000;

impl PixelScale {
    /// What is chosen; nothing, if it is given beside it.
    pub fn scale(self) -> Option<Scale> {
        match self {
            Self::ImageNet => Some(Scale::IMAGE_NET),
            Self::Unit => Some(Scale::UNIT),
            Self::Signed => Some(Scale::SIGNED),
            Self::Bytes => Some(Scale::BYTES),
            Self::Given => None,
        }
    }

    /// As what a scale is chosen.
    fn of(scale: Scale) -> Self {
        let found = Self::ALL.into_iter().find(|choice| choice.scale() == Some(scale));
        found.unwrap_or(Self::Given)
    }
}

pub(super) async fn material(owner: &str, app: &str, model: &str) -> Result<UploadMaterial, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let mut no_upload = refusal(service.get_app(&who, &app, Endpoint::PostModelVersionsUpload).await)?;
    let model = match model {
        "" => None,
        slug => {
            let name = ModelName { is_public: false, slug: slug.to_owned(), version: None };
            Some(service.get_model(&who, &app, Endpoint::GetModel, &name).await?)
        }
    };
    if model.as_ref().is_some_and(|model| !model.is_uploaded()) {
        no_upload = Some("This model is trained here: make another one for what is uploaded.".to_owned());
    }
    let newest = model.as_ref().and_then(|model: &Model| model.version.as_ref()?.upload());
    let concepts = newest.map(|newest| newest.told.concepts.as_slice()).unwrap_or_default();
    let concepts: Vec<&str> = concepts.iter().map(|concept| concept.slug.as_str()).collect();
    let vocabs = if_allowed(service.list_vocabs(&who, &app, 0, VOCABS).await)?;
    let vocabs = vocabs.map(|found| found.value).unwrap_or_default();
    Ok(UploadMaterial {
        place,
        concepts: concepts.join("\n"),
        scale: chosen(newest.and_then(|newest| newest.told.scale).unwrap_or(Scale::IMAGE_NET)),
        vocabs: vocabs.into_iter().map(|row| Choice { slug: row.slug, name: row.name }).collect(),
        model: model.map(|model| Choice { slug: model.slug, name: model.name }),
        no_upload,
    })
}

fn chosen(scale: Scale) -> (PixelScale, String, String) {
    let choice = PixelScale::of(scale);
    let given = |numbers: [f32; 3]| match choice {
        PixelScale::Given => listed(numbers),
        _ => String::new(),
    };
    (choice, given(scale.mean), given(scale.deviation))
}

/// Three numbers, as people write them and the form reads them.
fn listed(numbers: [f32; 3]) -> String {
    numbers.map(|number| number.to_string()).join(", ")
}

/// What is known of an uploaded version, in words.
pub(in crate::api) fn facts(uploaded: &Uploaded) -> UploadFacts {
    let told = &uploaded.told;
    let takes = match told.input {
        Input::Picture { width, height, .. } => format!("pictures, {width} × {height} pixels"),
        Input::Features(count) => {
            let of = match told.medium {
                Medium::Image => "a picture",
                Medium::Text => "a text",
            };
            format!("the {count} numbers of {of}’s vector")
        }
    };
    let took = took(told.took);
    let gives = match told.output {
        Output::Shares => "how likely each concept is, all together 1",
        Output::Each => "how likely each concept is, by itself",
        Output::Scores => "a score for each concept, which becomes how likely it is, all together 1",
    };
    let words = |size: u64| bytes(i64::try_from(size).unwrap_or(i64::MAX));
    let size = words(uploaded.size);
    let memory = told.cost.weight_bytes.saturating_add(told.cost.value_bytes);
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut all = vec![row("Takes", takes.clone())];
    if let (Some(scale), Input::Picture { order, .. }) = (told.scale, told.input) {
        let lies = match order {
            Order::Planes => "all red, then all green, then all blue (N×3×H×W)",
            Order::Interleaved => "red, green and blue of each pixel (N×H×W×3)",
        };
        let pixels = match PixelScale::of(scale) {
            PixelScale::ImageNet => "less ImageNet’s mean, divided by its deviation".to_owned(),
            PixelScale::Unit => "from 0 to 1".to_owned(),
            PixelScale::Signed => "from −1 to 1".to_owned(),
            PixelScale::Bytes => "from 0 to 255".to_owned(),
            PixelScale::Given => {
                format!("less {}, divided by {}", listed(scale.mean), listed(scale.deviation))
            }
        };
        all.extend([row("Pixels", pixels), row("Order", lies.to_owned())]);
    }
    all.extend([
        row("Gives", gives.to_owned()),
        row("Concepts", told.concepts.len().to_string()),
        row("File", size.clone()),
        row("Work for one input", format!("{} products", products(told.cost.products))),
        row("Memory", format!("{} at most", words(memory))),
        row("Time for one input", format!("{took} when it was tried")),
    ]);
    UploadFacts { takes, size, took, all }
}

/// A number of products, as people say it.
fn products(count: u64) -> String {
    match count {
        ..1_000_000 => count.to_string(),
        1_000_000..1_000_000_000 => format!("{} million", count / 1_000_000),
        _ => format!("{:.1} billion", count as f64 / 1e9),
    }
}

fn took(micros: u64) -> String {
    let millis = micros as f64 / 1e3;
    if millis < 1.0 { "under 1 ms".to_owned() } else { format!("{millis:.0} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_it_takes_is_said_in_its_own_unit() {
        let counts = [384, 385_900_000, 4_120_000_000].map(products);
        assert_eq!(counts, ["384", "385 million", "4.1 billion"]);
        assert_eq!([900, 24_400].map(took), ["under 1 ms", "24 ms"]);
    }

    #[test]
    fn a_scale_is_shown_as_it_was_chosen() {
        for choice in PixelScale::ALL {
            let scale = choice.scale().unwrap_or(Scale { mean: [0.5; 3], deviation: [0.25, 0.5, 1.0] });
            let (shown, mean, deviation) = chosen(scale);
            assert_eq!(shown, choice);
            let given = if choice == PixelScale::Given { ["0.5, 0.5, 0.5", "0.25, 0.5, 1"] } else { [""; 2] };
            assert_eq!([mean.as_str(), deviation.as_str()], given);
        }
    }
}
