//! `atelier demo`: a small demonstration in an empty database.

use std::error::Error;

use atelier_domain::time::DAY;
use atelier_domain::{Preset, Scope};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{AddCollaborators, Invitee};
use atelier_service::identity::SignUp;
use atelier_service::{AppName, Origin, Proof, Service, Who, hash_secret};

/// The people of the demonstration: slug, name, address.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("ada", "Ada Lovelace", "ada@example.org"),
    ("bo", "Bo Lindqvist", "bo@example.org"),
    ("di", "Di Okafor", "di@example.org"),
];

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
    let waiting = invite("cy@example.org", Preset::Reviewer.scopes(), None, "");
    service.add_collaborators(&ada, &app, &waiting).await?;

    println!("A demonstration was made. Sign in as:");
    for (email, password) in passwords {
        println!("  {email:<18} {password}");
    }
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
    let signed_in = service.sign_in(email, password, &origin).await?;
    Ok(Who { proof: Some(Proof::Session(hash_secret(&signed_in.secret))), origin })
}
