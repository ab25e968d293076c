//! What is asked of the server, each by whoever would ask it: the collaborator who labels by their token, the owner in
//! their session.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::fill::{ANNOTATED, APP, CONCEPT, INPUT, OWNER, PASSWORD};
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
        key(&self.stage.filled.token)
    }

    /// `path` of the app, by the collaborator.
    pub(crate) fn read(&self, path: &str) -> Question {
        Question::get(self.in_app(path), &[&self.key()])
    }

    /// One input.
    pub(crate) fn input(&self) -> Question {
        self.read(&format!("/inputs/{INPUT}"))
    }

    /// One more annotation, of one input after the other.
    pub(crate) fn annotation(&self) -> Question {
        let concepts = json!([{ "id": CONCEPT, "value": 1 }]);
        let annotations = (0..ANNOTATED).map(|number| {
            json!({ "annotations": [{ "input_id": format!("note-{number}"), "data": { "concepts": concepts } }] })
        });
        post(self.in_app("/annotations"), &[&self.key()], annotations)
    }

    /// One more picture, by the owner: whoever labels adds none.
    pub(crate) fn upload(&self, picture: &[u8]) -> Question {
        let key = key(&self.stage.filled.owner_token);
        let input = json!({ "data": { "image": { "base64": STANDARD.encode(picture) } } });
        post(self.in_app("/inputs"), &[&key], [json!({ "inputs": [input] })])
    }

    /// The collaborator signs in.
    pub(crate) fn sign_in(&self) -> Question {
        let who = json!({ "email": self.stage.filled.email, "password": PASSWORD });
        post(format!("{}/v2/login", self.server.url), &[], [who])
    }

    /// The page of collaborators of the owner's `app`, by the owner.
    pub(crate) fn collaborators(&self, app: &str) -> Question {
        let cookie = cookie(&self.stage.filled.session);
        Question::get(format!("{}/{OWNER}/{app}/settings/collaborators", self.server.url), &[&cookie])
    }

    fn in_app(&self, path: &str) -> String {
        format!("{}/v2/users/{OWNER}/apps/{APP}{path}", self.server.url)
    }
}

/// The header field with a token.
pub(crate) fn key(token: &str) -> String {
    format!("Authorization: Key {token}")
}

/// The header field with a session.
pub(crate) fn cookie(session: &str) -> String {
    format!("Cookie: atelier={session}")
}

/// JSON documents posted to `url`, with `headers`.
pub(crate) fn post(url: String, headers: &[&str], bodies: impl IntoIterator<Item = Value>) -> Question {
    let headers = [headers, &["Content-Type: application/json"]].concat();
    Question::post(url, &headers, bodies.into_iter().map(|body| body.to_string().into_bytes()).collect())
}
