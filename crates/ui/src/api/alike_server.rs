//! The server's side of [`super`].

use atelier_domain::{Endpoint, Filter};
use atelier_service::AppName;
use atelier_service::inputs::Content;
use atelier_service::models::{Likeness, Likest, MOST_RANKED};
use atelier_service::search::Query;
use leptos::prelude::use_context;

use super::{AlikeInputs, AlikeTo, AskedAlike};
use crate::api::apps::{if_allowed, place};
use crate::api::concepts::offered;
use crate::api::inputs::server::with_concepts;
use crate::error::UiError;
use crate::server::{service, who};

/// How many a page shows: whole rows of two, three, four, six.
const PAGE: usize = 48;

/// A picture that was posted to the page, which is then made with what is like it.
#[derive(Clone, Debug)]
pub struct BroughtPicture {
    /// What its file is called.
    pub name: String,
    /// The picture.
    pub content: Content,
}

pub(super) async fn alike(owner: &str, app: &str, asked: AskedAlike) -> Result<AlikeInputs, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    // Whoever may not search is told so, whatever they ask for.
    service.get_app(&who, &app, Endpoint::PostInputsSearches).await?;
    let waiting = if_allowed(service.embedding_counts(&who, &app).await)?.map_or(0, |counts| counts.waiting);
    let concepts = offered(&app).await?;
    let mut answer = AlikeInputs {
        place,
        to: AlikeTo::Nothing,
        filter: String::new(),
        wrong: None,
        is_known: true,
        waiting,
        inputs: Vec::new(),
        next: None,
    };
    let filter = match asked.q.trim() {
        "" => Filter::default(),
        text => match text.parse::<Filter>() {
            Ok(filter) => filter,
            Err(error) => return Ok(AlikeInputs { wrong: Some(format!("The filter {error}.")), ..answer }),
        },
    };
    if filter != Filter::default() {
        answer.filter = filter.to_string();
    }
    let text = asked.text.trim();
    let likeness = match (use_context::<BroughtPicture>(), asked.input.as_str(), text) {
        (Some(picture), ..) => {
            answer.to = AlikeTo::Picture(picture.name);
            Likeness::Content(picture.content)
        }
        (None, "", "") => return Ok(answer),
        (None, "", text) => {
            answer.to = AlikeTo::Text(text.to_owned());
            Likeness::Content(Content::Text(text.to_owned()))
        }
        (None, slug, _) => {
            let row = service.get_input(&who, &app, slug).await?;
            let input = with_concepts(&app, vec![row], &concepts).await?.pop().ok_or(UiError::NotFound)?;
            answer.to = AlikeTo::Input(Box::new(input));
            Likeness::Input(slug.to_owned())
        }
    };
    let query = Query { filter, oldest_first: false };
    // One more tells whether there are more.
    let likest = Likest { skip: asked.skip, size: PAGE + 1, from: -1.0 };
    let endpoint = Endpoint::PostInputsSearches;
    let found = match service.search_alike(&who, &app, endpoint, &query, likeness, likest).await {
        Ok(found) => found.value,
        Err(error @ atelier_service::Error::Invalid { .. }) => {
            let wrong = UiError::from(error).sentences();
            return Ok(AlikeInputs { wrong: Some(wrong), ..answer });
        }
        Err(error) => return Err(error.into()),
    };
    let next = asked.skip + PAGE;
    answer.next = (found.inputs.len() > PAGE && next < MOST_RANKED).then_some(next);
    answer.is_known = found.is_known;
    let (rows, scores): (Vec<_>, Vec<f32>) =
        found.inputs.into_iter().take(PAGE).map(|(row, score)| (row.input, score)).unzip();
    answer.inputs = with_concepts(&app, rows, &concepts).await?.into_iter().zip(scores).collect();
    Ok(answer)
}
