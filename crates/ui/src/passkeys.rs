//! What only a browser can do with passkeys: have a device make one, or sign by one.
//!
//! The browser itself reads what the server asks and writes the answer, as JSON: Chromium can from 129 on, Firefox from 119,
//! Safari from 18.4. Others are offered none of it, nor is anybody without scripts, see `.needs-scripting` in the style.

use leptos::{prelude::*, server_fn::ServerFn as _};

use crate::{
    api::passkeys::{AskForPasskey, AskPasskeyToProve, AskPasskeyToSignIn, ProveByPasskey},
    error::UiError,
    form::{PASSWORD_AGAIN_FIELD, post},
};

/// The field in which a form carries what the browser answers.
const ANSWER_FIELD: &str = "answer";

/// For what a browser is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// To sign in.
    SignIn,
    /// To make a passkey.
    Add,
    /// To show once more who somebody is.
    Prove,
}

impl Ceremony {
    /// The path of the server function that asks.
    const fn path(self) -> &'static str {
        match self {
            Self::SignIn => AskPasskeyToSignIn::PATH,
            Self::Add => AskForPasskey::PATH,
            Self::Prove => AskPasskeyToProve::PATH,
        }
    }
}

/// Whether this browser can; nothing as long as that is not known, as on the server.
pub(crate) fn are_possible() -> Signal<Option<bool>> {
    let possible = RwSignal::new(None);
    Effect::new(move || possible.set(Some(browser::can())));
    possible.into()
}

/// Asks the server what is to be made or signed, with what was typed, and puts the browser's answer among it.
pub(crate) async fn answer(ceremony: Ceremony, fields: &web_sys::FormData) -> Result<(), UiError> {
    let options = post(ceremony.path(), fields, false).await?;
    let options: String = serde_json::from_slice(options.as_bytes()).map_err(|_| UiError::Unavailable)?;
    // If the password was among it, it counts by now.
    fields.delete(PASSWORD_AGAIN_FIELD);
    let answer = browser::credential(ceremony, &options).await.map_err(|name| refused(&name))?;
    fields.set_with_str(ANSWER_FIELD, &answer).map_err(|_| UiError::Unavailable)
}

/// Shows by a passkey once more who somebody is.
pub(crate) async fn prove() -> Result<(), UiError> {
    let fields = web_sys::FormData::new().map_err(|_| UiError::Unavailable)?;
    answer(Ceremony::Prove, &fields).await?;
    post(ProveByPasskey::PATH, &fields, false).await.map(drop)
}

/// What is said where a browser made or signed nothing, by the name of its error.
fn refused(name: &str) -> UiError {
    UiError::form(match name {
        "NotAllowedError" => {
            "No passkey was used: none was there, it was not unlocked, or you turned back. You can try again."
        }
        "InvalidStateError" => "This device has a passkey of your account already.",
        "SecurityError" => {
            "Passkeys are of no use at this address. Open Atelier by its own, as in the letters that it sends."
        }
        _ => "Your browser could not use a passkey.",
    })
}

#[cfg(any(feature = "hydrate", feature = "csr"))]
mod browser {
    use js_sys::{JSON, Object, Reflect};
    use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

    use super::Ceremony;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = parseCreationOptionsFromJSON)]
        fn to_create(options: &JsValue) -> Result<JsValue, JsValue>;

        #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = parseRequestOptionsFromJSON)]
        fn to_get(options: &JsValue) -> Result<JsValue, JsValue>;

        #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"])]
        async fn create(options: &Object) -> Result<JsValue, JsValue>;

        #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"])]
        async fn get(options: &Object) -> Result<JsValue, JsValue>;
    }

    /// Whether there are passkeys here, of which the browser reads and writes JSON.
    pub(super) fn can() -> bool {
        let credentials = Reflect::get(&js_sys::global(), &"PublicKeyCredential".into());
        credentials
            .is_ok_and(|all| Reflect::has(&all, &"parseRequestOptionsFromJSON".into()).unwrap_or(false))
    }

    /// What the browser makes or signs; the name of its error if it does not.
    pub(super) async fn credential(ceremony: Ceremony, options: &str) -> Result<String, String> {
        made_or_signed(ceremony, options).await.map_err(|error| {
            Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
        })
    }

    async fn made_or_signed(ceremony: Ceremony, options: &str) -> Result<String, JsValue> {
        let (options, all) = (JSON::parse(options)?, Object::new());
        let public_key = match ceremony {
            Ceremony::Add => to_create(&options)?,
            Ceremony::SignIn | Ceremony::Prove => to_get(&options)?,
        };
        Reflect::set(&all, &"publicKey".into(), &public_key)?;
        let credential = match ceremony {
            Ceremony::Add => create(&all).await?,
            Ceremony::SignIn | Ceremony::Prove => get(&all).await?,
        };
        Ok(JSON::stringify(&credential)?.into())
    }
}

/// Only browsers have passkeys.
#[cfg(not(any(feature = "hydrate", feature = "csr")))]
mod browser {
    use super::Ceremony;

    pub(super) fn can() -> bool {
        false
    }

    pub(super) async fn credential(_: Ceremony, _: &str) -> Result<String, String> {
        Err(String::new())
    }
}
