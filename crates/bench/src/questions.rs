//! What is asked of the server, each by whoever would ask it: the collaborator who labels by their token, the owner in
//! their session.

use serde_json::{Value, json};

use crate::fill::{ANNOTATED, APP, CONCEPT, INPUT, OWNER};
use crate::load::Question;
use crate::process::Server;
use crate::stage::Stage;

/// What is asked of `server`, over what `stage` has.
pub(crate) struct Questions<'a> {
    server: &'a Server,
    stage: &'a Stage,
}

impl<'a> Questions<'a> {
    /// Those of `server`, over what `stage` has.
    pub(crate) fn of(server: &'a Server, stage: &'a Stage) -> Self {
        Self { server, stage }
    }

    /// The header field with the collaborator's token.
    pub(crate) fn key(&self) -> String {
        format!("Authorization: Key {}", self.stage.filled.token)
    }

    /// `path` of the app, by the collaborator.
    pub(crate) fn read(&self, path: &str) -> Question {
        Question::get(self.in_app(path), &[&self.key()])
    }

    /// One input.
    pub(crate) fn input(&self) -> Question {
        self.read(&format!("/inputs/{INPUT}"))
    }

    /// `body` posted to `path` of the app, by the collaborator.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Question {
        let headers = [&self.key(), "Content-Type: application/json"];
        Question::post(self.in_app(path), &headers, body.to_string().into_bytes())
    }

    /// One more annotation.
    pub(crate) fn annotation(&self) -> Question {
        let concepts = json!([{ "id": CONCEPT, "value": 1 }]);
        let annotation = json!({ "input_id": ANNOTATED, "data": { "concepts": concepts } });
        self.post("/annotations", &json!({ "annotations": [annotation] }))
    }

    /// The page of collaborators of the owner's `app`, by the owner.
    pub(crate) fn collaborators(&self, app: &str) -> Question {
        let cookie = format!("Cookie: atelier={}", self.stage.filled.session);
        Question::get(format!("{}/{OWNER}/{app}/settings/collaborators", self.server.url), &[&cookie])
    }

    fn in_app(&self, path: &str) -> String {
        format!("{}/v2/users/{OWNER}/apps/{APP}{path}", self.server.url)
    }
}
