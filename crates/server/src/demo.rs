//! `atelier demo`: a small demonstration in an empty database.

mod frames;
mod task;

use std::error::Error;

use atelier_domain::label::{Label, Labels, Region, Shape};
use atelier_domain::time::DAY;
use atelier_domain::{Medium, Preset, Reach, Scope, Training};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{AddCollaborators, Invitee};
use atelier_service::concepts::NewConcept;
use atelier_service::datasets::NewDataset;
use atelier_service::identity::SignUp;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::models::{NewModel, NewVersion};
use atelier_service::{AppName, Origin, Proof, Service, Who, hash_secret};

/// The people of the demonstration: slug, name, address.
const PEOPLE: [(&str, &str, &str); 5] = [
    ("ada", "Ada Lovelace", "ada@example.org"),
    ("bo", "Bo Lindqvist", "bo@example.org"),
    ("di", "Di Okafor", "di@example.org"),
    ("el", "El Moreau", "el@example.org"),
    ("fay", "Fay Novak", "fay@example.org"),
];

/// The dataset of the frames that the task is about.
const WALKS: &str = "walks";

/// The model that tells the signs.
const MODEL: &str = "signs";

/// The pictures and texts, and `manifest.json`, which says what they show.
#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/demo"]
struct Material;

/// What the pictures and texts are, and what is in them.
#[derive(serde::Deserialize)]
struct Manifest {
    concepts: Vec<Word>,
    inputs: Vec<Piece>,
}

/// A concept.
#[derive(serde::Deserialize)]
struct Word {
    id: String,
    name: String,
    definition: String,
}

/// A picture or a text.
#[derive(serde::Deserialize)]
struct Piece {
    id: String,
    file: String,
    metadata: serde_json::Value,
    #[serde(default)]
    regions: Vec<Edges>,
    #[serde(default)]
    spans: Vec<Stretch>,
}

/// Where something is in a picture.
#[derive(Clone, serde::Deserialize)]
struct Edges {
    concept: String,
    top_row: f32,
    left_col: f32,
    bottom_row: f32,
    right_col: f32,
}

/// Where something is in a text.
#[derive(serde::Deserialize)]
struct Stretch {
    concept: String,
    start: u32,
    end: u32,
}

impl Edges {
    fn shape(&self) -> Shape {
        Shape::Box { top: self.top_row, left: self.left_col, bottom: self.bottom_row, right: self.right_col }
    }
}

/// What says that each concept is in its part.
fn labels<'a>(parts: impl Iterator<Item = (&'a String, Shape)>) -> Result<Labels, Box<dyn Error>> {
    let regions = parts.enumerate().map(|(number, (concept, shape))| {
        let label = Label { concept: concept.parse()?, value: 1.0 };
        Ok(Region { id: format!("sign-{}", number + 1).parse()?, shape, labels: vec![label] })
    });
    Ok(Labels { concepts: Vec::new(), regions: regions.collect::<Result<_, Box<dyn Error>>>()? })
}

impl Piece {
    /// What Ada says of it.
    fn labels(&self) -> Result<Labels, Box<dyn Error>> {
        let boxes = self.regions.iter().map(|edges| (&edges.concept, edges.shape()));
        let spans = self
            .spans
            .iter()
            .map(|stretch| (&stretch.concept, Shape::Span { start: stretch.start, end: stretch.end }));
        labels(boxes.chain(spans))
    }

    fn content(&self) -> Result<Content, Box<dyn Error>> {
        let bytes = file(&self.file)?;
        if self.file.ends_with(".txt") {
            Ok(Content::Text(String::from_utf8(bytes)?))
        } else {
            Ok(Content::Image(bytes.into()))
        }
    }
}

fn file(name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(Material::get(name).ok_or_else(|| format!("the demonstration lacks `{name}`"))?.data.into_owned())
}

/// Adds the pictures and texts. Every second one is labelled, so that something is left to be done.
async fn add_material(
    service: &Service,
    ada: &Who,
    app: &AppName,
    manifest: &Manifest,
) -> Result<(), Box<dyn Error>> {
    let concepts = manifest.concepts.iter().map(|word| NewConcept {
        slug: word.id.clone(),
        name: word.name.clone(),
        definition: word.definition.clone(),
        ..NewConcept::default()
    });
    service.post_concepts(ada, app, concepts.collect()).await?;
    let mut inputs = Vec::new();
    for (number, piece) in manifest.inputs.iter().enumerate() {
        inputs.push(NewInput {
            content: piece.content()?,
            labels: if number % 2 == 0 { piece.labels()? } else { Labels::default() },
            slug: piece.id.clone(),
            metadata: Some(piece.metadata.clone()),
            place: None,
            datasets: Vec::new(),
        });
    }
    add(service, ada, app, inputs).await
}

/// Adds the frames of a walk through each picture to a dataset, and answers what is to be seen in them.
async fn add_walks(
    service: &Service,
    ada: &Who,
    app: &AppName,
    manifest: &Manifest,
) -> Result<task::Truth, Box<dyn Error>> {
    let walks = NewDataset {
        slug: WALKS.into(),
        description: "Frames of walks towards signs, to be labelled by the team.".into(),
        ..NewDataset::default()
    };
    service.post_datasets(ada, app, vec![walks]).await?;
    let mut truth = task::Truth::new();
    for piece in manifest.inputs.iter().filter(|piece| !piece.regions.is_empty()) {
        let mut inputs = Vec::new();
        for (frame, number) in frames::of(&file(&piece.file)?, &piece.regions)?.into_iter().zip(1..) {
            let slug = format!("{}-{number:02}", piece.id);
            truth.insert(
                slug.clone(),
                labels(frame.regions.iter().map(|edges| (&edges.concept, edges.shape())))?,
            );
            inputs.push(NewInput {
                content: Content::Image(frame.bytes.into()),
                labels: Labels::default(),
                slug,
                metadata: Some(piece.metadata.clone()),
                place: None,
                datasets: vec![WALKS.into()],
            });
        }
        add(service, ada, app, inputs).await?;
    }
    Ok(truth)
}

async fn add(
    service: &Service,
    ada: &Who,
    app: &AppName,
    inputs: Vec<NewInput>,
) -> Result<(), Box<dyn Error>> {
    let added = service.post_inputs(ada, app, PostInputs { inputs, ..PostInputs::default() }).await?;
    added.inputs.into_iter().try_for_each(|input| input.map(drop).map_err(|(_, error)| error.into()))
}

/// Fills an empty database and prints how to sign in. One that has the people already is left as it is.
pub(crate) async fn fill(service: &Service) -> Result<(), Box<dyn Error>> {
    let mut passwords = Vec::new();
    for (slug, name, email) in PEOPLE {
        let password = random_password(service);
        let input =
            SignUp { email: email.into(), name: name.into(), slug: slug.into(), password: password.clone() };
        match service.create_verified_user(&input).await {
            Ok(_) => passwords.push((email, password)),
            Err(atelier_service::Error::Invalid { .. } | atelier_service::Error::Conflict(_))
                if passwords.is_empty() =>
            {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    let ada = sign_in(service, &passwords, 0).await?;
    let bo = sign_in(service, &passwords, 1).await?;

    let app = CreateApp {
        slug: "street-signs".into(),
        name: "Street signs".into(),
        description: "Signs photographed on the way to work, to be told apart.".into(),
        ..CreateApp::default()
    };
    service.create_app(&ada, &app).await?;
    let app = AppName::of("ada", "street-signs");
    let manifest: Manifest = serde_json::from_slice(&file("manifest.json")?)?;
    add_material(service, &ada, &app, &manifest).await?;
    let truth = add_walks(service, &ada, &app, &manifest).await?;
    let worker_who_invites =
        Preset::Worker.scopes().with(Scope::CollaboratorsAdd).with(Scope::CollaboratorsGet);
    let invite = |address: &str, scopes, days: Option<i64>, note: &str| AddCollaborators {
        people: vec![Invitee::Address(address.into())],
        scopes,
        ends_at: days.map(|days| service.world().now().plus(days * DAY)),
        note: note.into(),
        ..AddCollaborators::default()
    };
    let first = invite("bo@example.org", worker_who_invites, None, "Labels on weekdays.");
    service.add_collaborators(&ada, &app, &first).await?;
    let second = invite("di@example.org", Preset::Worker.scopes(), Some(30), "Helps out this month.");
    service.add_collaborators(&bo, &app, &second).await?;
    let third = AddCollaborators {
        reach: Reach::Assigned,
        ..invite("el@example.org", Preset::Worker.scopes(), None, "Sees what is theirs to label.")
    };
    service.add_collaborators(&ada, &app, &third).await?;
    let reviewer =
        invite("fay@example.org", Preset::Reviewer.scopes(), None, "Looks at what the others draw.");
    service.add_collaborators(&ada, &app, &reviewer).await?;
    let waiting = invite("cy@example.org", Preset::Reviewer.scopes(), None, "");
    service.add_collaborators(&ada, &app, &waiting).await?;
    let (di, el) = (sign_in(service, &passwords, 2).await?, sign_in(service, &passwords, 3).await?);
    let fay = sign_in(service, &passwords, 4).await?;
    let made = task::Made {
        labellers: &[("bo", &bo), ("di", &di), ("el", &el)],
        reviewer: ("fay", &fay),
        dataset: WALKS,
        concepts: manifest.concepts.iter().map(|word| word.id.clone()).collect(),
        truth: &truth,
    };
    made.by(service, &app, &ada).await?;
    train(service, &ada, &app).await?;
    let concepts = manifest.concepts.iter().map(|word| word.id.clone()).collect();
    task::suggested(service, &app, &ada, (&["ada", "bo", "di"], WALKS), concepts, MODEL).await?;

    println!("A demonstration was made. Sign in as:");
    for (email, password) in passwords {
        println!("  {email:<18} {password}");
    }
    Ok(())
}

/// Makes a model that tells the signs of pictures, and begins to train it on what counts by now: the server goes on with it.
async fn train(service: &Service, ada: &Who, app: &AppName) -> Result<(), Box<dyn Error>> {
    let settings = Training { medium: Some(Medium::Image), assumes_absent: true, ..Training::default() };
    let signs = NewModel {
        slug: MODEL.into(),
        name: "Signs".into(),
        description: "Says which signs are in a picture of a street.".into(),
        settings,
        ..NewModel::default()
    };
    service.post_models(ada, app, vec![signs]).await?;
    service.train_model(ada, app, MODEL, NewVersion::default()).await?;
    Ok(())
}

/// Four groups of four letters: enough to type once, and 75 random bits.
fn random_password(service: &Service) -> String {
    const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let letters: Vec<u8> =
        service.world().random::<16>().iter().map(|byte| LETTERS[usize::from(*byte) % 26]).collect();
    letters.chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

async fn sign_in(
    service: &Service,
    passwords: &[(&str, String)],
    person: usize,
) -> Result<Who, Box<dyn Error>> {
    let origin = Origin { address: String::new(), user_agent: "demonstration".into() };
    let (email, password) = passwords.get(person).ok_or("the person was just made")?;
    let signed_in =
        service.sign_in(email, password, &origin).await?.signed_in().ok_or("the account was just made")?;
    Ok(Who { proof: Some(Proof::Session(hash_secret(&signed_in.secret))), origin })
}
