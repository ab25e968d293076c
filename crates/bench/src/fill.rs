//! What is in the database that is measured.

use std::path::Path;

use atelier_domain::id::{GrantId, KeyId, UserId};
use atelier_domain::secret::KeySecret;
use atelier_domain::{Conditions, Email, Endpoint, Preset, Rights};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{AddCollaborators, Invitee};
use atelier_service::concepts::NewConcept;
use atelier_service::identity::{Admission, SignUp, SignedIn};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::{AppName, Origin, Proof, Service, Who, World, hash_secret};
use atelier_store::queries::{grants, keys, users};
use atelier_store::{Objects, Store};

use crate::Result;

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "lanterns over the slow canal";

/// The app that is measured: so many people, pictures' worth of texts, and concepts.
const PEOPLE: usize = 50;
const INPUTS: usize = 1_000;
const CONCEPTS: usize = 200;

/// A second app, as large as they get, among as many others as that takes.
const CROWD: usize = 10_000;
const APPS: usize = 100;

/// How many of its rows are written in one transaction.
const GROUP: usize = 1_000;

/// What is asked for, and by whom.
pub(crate) struct Filled {
    /// The token of a collaborator who labels.
    pub(crate) token: String,
    /// The token of the owner.
    pub(crate) owner_token: String,
    /// The session of the owner.
    pub(crate) session: String,
    /// The address of the collaborator.
    pub(crate) email: String,
}

/// The owner's slug.
pub(crate) const OWNER: &str = "ada";
/// The app of fifty people.
pub(crate) const APP: &str = "street-signs";
/// The app of ten thousand.
pub(crate) const LARGE: &str = "crowd-0";
/// The input that is asked for.
pub(crate) const INPUT: &str = "note-500";
/// How many inputs are annotated, from the first on: others than those that are asked for, since what is said of an input
/// is read with it.
pub(crate) const ANNOTATED: usize = 400;
/// The concept that is named.
pub(crate) const CONCEPT: &str = "sign-7";

/// The service over the database at `url`.
pub(crate) async fn open(data: &Path, url: &str) -> Result<Service> {
    let objects = Objects::folder(&data.join("objects"))?;
    Ok(Service::new(Store::open(url).await?, objects, World::real(), "http://localhost"))
}

fn origin() -> Origin {
    Origin { address: String::new(), user_agent: "bench".into() }
}

/// An account with the password of everybody here: its address, and its token.
pub(crate) async fn account(service: &Service, slug: &str) -> Result<(String, KeySecret)> {
    let email = format!("{slug}@example.org");
    let input =
        SignUp { email: email.clone(), name: slug.into(), slug: slug.into(), password: PASSWORD.into() };
    Ok((email, service.create_verified_user(&input).await?.token))
}

/// A session of whoever has that address: its secret, and who shows it.
pub(crate) async fn sign_in(service: &Service, email: &str) -> Result<(String, Who)> {
    let Admission::SignedIn(SignedIn { secret, .. }) = service.sign_in(email, PASSWORD, &origin()).await?
    else {
        return Err("nobody here has a second factor".into());
    };
    let who = Who { proof: Some(Proof::Session(hash_secret(&secret))), origin: origin() };
    Ok((secret, who))
}

/// Fills the empty database at `url` with the app of fifty people.
pub(crate) async fn fill(data: &Path, url: &str) -> Result<Filled> {
    let service = open(data, url).await?;
    let (ada, owner_token) = account(&service, OWNER).await?;
    let (email, token) = account(&service, "bo").await?;
    let (session, ada) = sign_in(&service, &ada).await?;
    service.create_app(&ada, &CreateApp { slug: APP.into(), ..CreateApp::default() }).await?;
    let app = AppName::of(OWNER, APP);
    let mut people = vec![Invitee::Address(email.clone())];
    for number in 1..PEOPLE {
        let slug = format!("person-{number}");
        people.push(Invitee::Address(person(&service, &slug).await?.1));
    }
    let add = AddCollaborators { people, scopes: Preset::Worker.scopes(), ..AddCollaborators::default() };
    service.add_collaborators(&ada, &app, &add).await?;

    add_concepts(&service, &ada, &app).await?;
    for first in (0..INPUTS).step_by(100) {
        let inputs = (first..first + 100)
            .map(|number| NewInput {
                slug: format!("note-{number}"),
                content: Content::Text(format!(
                    "On walk {number} the sign behind the leaves could not be read."
                )),
                metadata: Some(serde_json::json!({ "walk": number })),
                place: None,
                labels: Default::default(),
                datasets: Vec::new(),
            })
            .collect();
        service.post_inputs(&ada, &app, PostInputs { inputs, ..PostInputs::default() }).await?;
    }
    service.store().close().await;
    let [token, owner_token] = [token, owner_token].map(|secret| secret.expose().to_owned());
    Ok(Filled { token, owner_token, session, email })
}

/// Adds two hundred concepts.
pub(crate) async fn add_concepts(service: &Service, who: &Who, app: &AppName) -> Result<()> {
    let concepts: Vec<NewConcept> = (0..CONCEPTS)
        .map(|number| NewConcept {
            slug: format!("sign-{number}"),
            name: format!("Sign {number}"),
            ..NewConcept::default()
        })
        .collect();
    for some in concepts.chunks(100) {
        service.post_concepts(who, app, some.to_vec()).await?;
    }
    Ok(())
}

/// Adds ten thousand people, who all are in each of a hundred apps: a million grants, each with its token.
pub(crate) async fn crowd(data: &Path, url: &str) -> Result<()> {
    let service = open(data, url).await?;
    let (_, ada) = sign_in(&service, &format!("{OWNER}@example.org")).await?;
    let mut crowd = Vec::new();
    for number in 0..CROWD {
        crowd.push(person(&service, &format!("crowd-{number}")).await?.0);
    }
    for number in 0..APPS {
        let slug = format!("crowd-{number}");
        service.create_app(&ada, &CreateApp { slug: slug.clone(), ..CreateApp::default() }).await?;
        let app = AppName::of(OWNER, &slug);
        for some in crowd.chunks(GROUP) {
            share(&service, &ada, &app, some).await?;
        }
    }
    service.store().close().await;
    Ok(())
}

/// Gives each of `people` what a worker has, and the token that comes with it: what adding them does, without mail and
/// audit, which nothing that is measured reads.
async fn share(service: &Service, owner: &Who, app: &AppName, people: &[UserId]) -> Result<()> {
    let world = service.world();
    let rights = Rights::of(Preset::Worker.scopes());
    let mut tx = service.store().write().await?;
    let permit =
        service.permit(&mut tx, owner, app, Endpoint::PostCollaborators, Conditions::NONE).await?.permit;
    for user in people {
        let now = world.now();
        let id = GrantId::new(now, &world.salt());
        let grant =
            grants::NewGrant { id, user: Some(*user), invitation: None, parent: None, rights, note: "" };
        grants::insert(&mut tx, &permit, &grant, now).await?;
        let key = keys::NewKey {
            id: KeyId::new(now, &world.salt()),
            secret: None,
            is_app_key: false,
            user: *user,
            app: Some(permit.app()),
            grant: Some(id),
            description: "Automatic token",
            rights,
        };
        keys::insert(&mut tx, &key, now).await?;
    }
    Ok(tx.commit().await?)
}

/// An account with a proved address, which takes no password: hashing so many takes long.
async fn person(service: &Service, slug: &str) -> Result<(UserId, String)> {
    let now = service.world().now();
    let id = UserId::new(now, &service.world().salt());
    let address: Email = format!("{slug}@example.org").parse()?;
    let mut tx = service.store().write().await?;
    users::insert(&mut tx, &users::NewUser { id, slug, name: slug, password_hash: None }, now).await?;
    users::add_address(&mut tx, id, &address, true, now).await?;
    users::verify_address(&mut tx, id, &address, now).await?;
    tx.commit().await?;
    Ok((id, address.as_str().to_owned()))
}
