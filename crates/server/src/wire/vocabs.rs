//! Vocabularies.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    Concept, DeleteVocabsRequest, GetVocabRequest, ListVocabsRequest, MultiVocabResponse, PatchVocabsRequest,
    PostVocabsRequest, SingleVocabResponse, Vocab,
};
use atelier_contract::{Call, Failure};
use atelier_service::vocabs::{NewVocab, PatchVocab, Vocab as Found, VocabRow};
use atelier_service::{AppAddress, InApp, Service};

use super::inputs::read_action;
use super::{Window, app_name, concepts, failure, timestamp, who};

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListVocabsRequest,
) -> Result<MultiVocabResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let InApp { app, value: rows } =
        service.list_vocabs(&who, &app, window.skipped(), size).await.map_err(failure)?;
    Ok(MultiVocabResponse {
        vocabs: rows.into_iter().map(|row| write_row(row, &app)).collect(),
        ..MultiVocabResponse::default()
    })
}

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetVocabRequest,
) -> Result<SingleVocabResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value } = service.get_vocab(&who, &app, &request.vocab_id).await.map_err(failure)?;
    Ok(SingleVocabResponse { vocab: Some(write(value, &app)), ..SingleVocabResponse::default() })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostVocabsRequest,
) -> Result<MultiVocabResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let vocabs = request.vocabs.into_iter().map(|vocab| NewVocab {
        slug: vocab.id,
        name: vocab.name,
        description: vocab.description,
        concepts: ids(vocab.concepts),
    });
    let added = service.post_vocabs(&who, &app, vocabs.collect()).await.map_err(failure)?;
    Ok(several(added))
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchVocabsRequest,
) -> Result<MultiVocabResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let changes = request.vocabs.into_iter().map(|vocab| PatchVocab {
        slug: vocab.id,
        name: given(vocab.name),
        description: given(vocab.description),
        // A list that is not there and one that is empty are the same on the wire.
        concepts: Some(ids(vocab.concepts)).filter(|concepts| !concepts.is_empty()),
    });
    let changed = service.patch_vocabs(&who, &app, action, changes.collect()).await.map_err(failure)?;
    Ok(several(changed))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteVocabsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service.delete_vocabs(&who, &app, &request.ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

fn ids(concepts: Vec<Concept>) -> Vec<String> {
    concepts.into_iter().map(|concept| concept.id).collect()
}

fn several(InApp { app, value: found }: InApp<Vec<Found>>) -> MultiVocabResponse {
    MultiVocabResponse {
        vocabs: found.into_iter().map(|vocab| write(vocab, &app)).collect(),
        ..MultiVocabResponse::default()
    }
}

/// A vocabulary with its concepts, and the names by which its app is addressed.
fn write(found: Found, address: &AppAddress) -> Vocab {
    let concepts = found.concepts.into_iter().map(|row| concepts::write(row, address)).collect();
    Vocab { concepts, ..write_row(found.row, address) }
}

fn write_row(row: VocabRow, address: &AppAddress) -> Vocab {
    Vocab {
        id: row.slug,
        name: row.name,
        description: row.description,
        concept_count: u32::try_from(row.concepts).unwrap_or(u32::MAX),
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        user_id: address.owner.clone(),
        app_id: address.app.clone(),
        ..Vocab::default()
    }
}
