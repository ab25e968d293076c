//! An input as the wire shows it.

use atelier_contract::proto::{Data, Image, ImageInfo, Input, Text, TextInfo};
use atelier_contract::{Call, Failure};
use atelier_domain::Labels;
use atelier_service::inputs::{InputRow, InputWithSaid, PictureSize, Said};
use atelier_service::{AppAddress, AppName, Service, Who};

use crate::pictures;
use crate::wire::{failure, labels, metadata, place, status, timestamp};

/// How inputs of one app are shown: where their pictures are.
pub(in crate::wire) struct Shown {
    base: String,
    app: AppAddress,
}

/// How inputs that were changed are shown, and what is said of them now.
pub(super) struct ShownAfterwards {
    shown: Shown,
    said: Said,
}

impl ShownAfterwards {
    /// Whatever their number, by one question.
    pub(super) async fn of(
        service: &Service,
        call: &Call,
        who: &Who,
        app: &AppName,
        rows: impl IntoIterator<Item = &InputRow>,
    ) -> Result<Self, Failure> {
        let slugs: Vec<&str> = rows.into_iter().map(|row| row.slug.as_str()).collect();
        let found = service.said_of_inputs(who, app, call.endpoint, &slugs).await.map_err(failure)?;
        Ok(Self { shown: Shown::new(service, found.app), said: found.value })
    }

    pub(super) fn input(&self, row: InputRow) -> Input {
        let said = self.said.get(&row.slug).cloned().unwrap_or_default();
        self.shown.input(InputWithSaid { input: row, said })
    }
}

impl Shown {
    /// Of the app of that address.
    pub(in crate::wire) fn new(service: &Service, app: AppAddress) -> Self {
        Self { base: service.base_url().to_owned(), app }
    }

    pub(in crate::wire) fn input(&self, InputWithSaid { input: row, said }: InputWithSaid) -> Input {
        let geo = row.place().map(place::write);
        let metadata = row.metadata.as_ref().and_then(metadata::write);
        let whole = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let image = row.object_key.is_some().then(|| Image {
            url: format!(
                "{}{}",
                self.base,
                pictures::path(&self.app.owner, &self.app.app, &row.slug, PictureSize::Original)
            ),
            image_info: row.width.zip(row.height).map(|(width, height)| ImageInfo {
                width: whole(width),
                height: whole(height),
                format: row.media_type.as_deref().and_then(format_of).unwrap_or_default(),
                ..ImageInfo::default()
            }),
            ..Image::default()
        });
        let text = row.body.map(|raw| Text {
            text_info: Some(TextInfo {
                char_count: i32::try_from(raw.chars().count()).unwrap_or(i32::MAX),
                encoding: "UTF-8".into(),
            }),
            raw,
            ..Text::default()
        });
        Input {
            id: row.slug,
            data: Some(Data {
                image,
                text,
                metadata,
                geo,
                ..labels::write(Labels { concepts: said.said, regions: Vec::new() }, None)
            }),
            created_at: Some(timestamp(row.created_at)),
            modified_at: Some(timestamp(row.changed_at)),
            status: Some(status(row.status)),
            dataset_ids: said.datasets,
            ..Input::default()
        }
    }
}

/// `image/png` is `PNG` on the wire.
fn format_of(media_type: &str) -> Option<String> {
    media_type.strip_prefix("image/").map(str::to_ascii_uppercase)
}
