//! Searches.

pub(super) mod kept;
mod read;
mod write;

use atelier_contract::proto::{
    Hit, HitCount, MultiSearchResponse, Pagination, PostAnnotationsSearchesRequest,
    PostInputsSearchesRequest, PostSearchesByIdRequest, PostSearchesRequest, Search,
};
use atelier_contract::{Call, Failure};
use atelier_service::annotations::AnnotationRow;
use atelier_service::inputs::InputWithSaid;
use atelier_service::models::{Likeness, Likest};
use atelier_service::search::{COUNTED, Finds, NewSearch, Part, Query, Subject};
use atelier_service::{AppAddress, AppName, InApp, Service, Who};

use super::inputs::Shown;
use super::{Window, annotations, app_name, failure, who};

pub(super) async fn post_inputs(
    service: Service,
    call: Call,
    request: PostInputsSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let mut search = the_one(request.searches)?;
    let asked = Asked { service: &service, call: &call, who: &who, app: &app };
    if request.only_count {
        // How alike they are does not change how many they are.
        search.query.as_mut().map(read::likeness).transpose()?;
        let (query, answer) = asked.begin(search, Subject::Inputs).await?;
        let count = service.count_found_inputs(&who, &app, &query, COUNTED).await.map_err(failure)?;
        let hit_counts = vec![HitCount { estimated_total: count as u64 }];
        return Ok(MultiSearchResponse { hit_counts, ..answer });
    }
    asked.inputs(search, request.pagination).await
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let mut search = the_one(request.searches)?;
    if search.query.is_none() {
        search.query = request.query;
    }
    let asked = Asked { service: &service, call: &call, who: &who, app: &app };
    asked.inputs(search, request.pagination).await
}

pub(super) async fn post_annotations(
    service: Service,
    call: Call,
    request: PostAnnotationsSearchesRequest,
) -> Result<MultiSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let asked = Asked { service: &service, call: &call, who: &who, app: &app };
    let (mut search, part) = (the_one(request.searches)?, part(request.pagination));
    // It is inputs that are like something: those are found of which something is said that passes the filter, if there is one.
    if let Some(likeness) = search.query.as_mut().map(read::likeness).transpose()?.flatten() {
        return asked.inputs_alike(search, likeness, part).await;
    }
    let (query, answer) = asked.begin(search, Subject::Annotations).await?;
    let found = service.search_annotations(&who, &app, &query, part).await.map_err(failure)?;
    let hits = asked.annotation_hits(&found.app, found.value.rows).await?;
    Ok(MultiSearchResponse { hits, ..answer })
}

pub(super) async fn post_by_id(
    service: Service,
    call: Call,
    request: PostSearchesByIdRequest,
) -> Result<MultiSearchResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let part = part(request.pagination);
    let InApp { app: address, value: found } =
        service.search_by_id(&who, &app, &request.id, part).await.map_err(failure)?;
    let asked = Asked { service: &service, call: &call, who: &who, app: &app };
    let hits = match found.finds {
        Finds::Inputs(page) => asked.input_hits(&address, page.rows),
        Finds::Annotations(page) => asked.annotation_hits(&address, page.rows).await?,
    };
    let search = write::search(found.search, &address);
    Ok(MultiSearchResponse {
        id: search.id.clone(),
        query: search.query.clone(),
        searches: vec![search],
        hits,
        ..MultiSearchResponse::default()
    })
}

/// The search of a request.
fn the_one(mut searches: Vec<Search>) -> Result<Search, Failure> {
    if searches.len() > 1 {
        return Err(Failure::invalid("searches must be one: this server answers one search a request"));
    }
    Ok(searches.pop().unwrap_or_default())
}

fn part(pagination: Option<Pagination>) -> Part {
    let pagination = pagination.unwrap_or_default();
    let window = Window::new(pagination.page, pagination.per_page);
    Part { after: None, skip: window.skipped(), size: window.size as usize }
}

/// Who searches where.
struct Asked<'a> {
    service: &'a Service,
    call: &'a Call,
    who: &'a Who,
    app: &'a AppName,
}

impl Asked<'_> {
    async fn inputs(
        &self,
        mut search: Search,
        pagination: Option<Pagination>,
    ) -> Result<MultiSearchResponse, Failure> {
        let likeness = search.query.as_mut().map(read::likeness).transpose()?.flatten();
        if let Some(likeness) = likeness {
            return self.inputs_alike(search, likeness, part(pagination)).await;
        }
        let (query, answer) = self.begin(search, Subject::Inputs).await?;
        let (endpoint, part) = (self.call.endpoint, part(pagination));
        let found = self.service.search_inputs(self.who, self.app, endpoint, &query, part).await;
        let InApp { app, value: page } = found.map_err(failure)?;
        Ok(MultiSearchResponse { hits: self.input_hits(&app, page.rows), ..answer })
    }

    async fn inputs_alike(
        &self,
        mut search: Search,
        likeness: Likeness,
        part: Part,
    ) -> Result<MultiSearchResponse, Failure> {
        if search.save {
            return Err(Failure::invalid("searches.save must be false: what finds are like is not kept"));
        }
        // What is as unlike as can be is found as well, unless a value is given.
        let least = std::mem::take(&mut search.min_value);
        let from = if least == 0.0 { -1.0 } else { least };
        let likest = Likest { skip: part.skip, size: part.size, from };
        let (query, answer) = self.begin(search, Subject::Inputs).await?;
        let endpoint = self.call.endpoint;
        let found = self.service.search_alike(self.who, self.app, endpoint, &query, likeness, likest).await;
        let InApp { app, value: alike } = found.map_err(failure)?;
        if !alike.is_known {
            let why = "query.ranks.annotation.input_id names an input that no model has looked at yet: try again soon";
            return Err(Failure::invalid(why));
        }
        let (rows, scores): (Vec<_>, Vec<f32>) = alike.inputs.into_iter().unzip();
        let hits = self.input_hits(&app, rows).into_iter().zip(scores);
        let hits = hits.map(|(hit, score)| Hit { score, ..hit }).collect();
        Ok(MultiSearchResponse { hits, ..answer })
    }

    /// What the search asks for, and the answer without its hits. A search that is to be kept is kept first.
    async fn begin(&self, search: Search, subject: Subject) -> Result<(Query, MultiSearchResponse), Failure> {
        read::refuse_unkept(&search)?;
        let query = read::query(search.query.unwrap_or_default())?;
        let shown = Some(write::query(&query));
        if !search.save {
            return Ok((query, MultiSearchResponse { query: shown, ..MultiSearchResponse::default() }));
        }
        let new = NewSearch { slug: search.id, name: search.name, subject, query };
        let kept = self.service.keep_search(self.who, self.app, self.call.endpoint, &new).await;
        let InApp { app, value: row } = kept.map_err(failure)?;
        let answer = MultiSearchResponse {
            id: row.slug.clone(),
            query: shown,
            searches: vec![write::search(row, &app)],
            ..MultiSearchResponse::default()
        };
        Ok((new.query, answer))
    }

    fn input_hits(&self, address: &AppAddress, rows: Vec<InputWithSaid>) -> Vec<Hit> {
        let shown = Shown::new(self.service, address.clone());
        let hit = |row| Hit { input: Some(shown.input(row)), ..hit(address) };
        rows.into_iter().map(hit).collect()
    }

    async fn annotation_hits(
        &self,
        address: &AppAddress,
        rows: Vec<AnnotationRow>,
    ) -> Result<Vec<Hit>, Failure> {
        let shown = annotations::several(self.service, self.call, self.who, self.app, rows).await?;
        let hit = |annotation| Hit { annotation: Some(annotation), ..hit(address) };
        Ok(shown.annotations.into_iter().map(hit).collect())
    }
}

/// A find, which fits as well as every other unless finds are ranked.
fn hit(address: &AppAddress) -> Hit {
    Hit { score: 1.0, user_id: address.owner.clone(), app_id: address.app.clone(), ..Hit::default() }
}
