//! Random histories of sharing an app, on SQLite and on PostgreSQL side by side: both answer the same at every step,
//! and what they list afterwards is the same and keeps the rules.

use std::cell::Cell;
use std::collections::BTreeMap;

use atelier_domain::closure::closed;
use atelier_domain::time::MINUTE;
use atelier_domain::{Below, Endpoint, Preset, Rights, Scope, ScopeSet, Timestamp};
use atelier_service::collaborators::{AddCollaborators, EditCollaborator, GrantRow, Invitee, Preview};
use atelier_service::{AppName, Error, Who};
use atelier_testkit::sharing::{make_app, people};
use atelier_testkit::{Bench, Database, Person};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestRunner;

/// Who has an account: first the owner of every app.
const PEOPLE: [&str; 5] = ["ada", "bo", "cy", "di", "ed"];
/// Who can be invited: the others, and two addresses that nobody has registered.
const INVITED: [&str; 6] = ["bo", "cy", "di", "ed", "fay", "gus"];

/// What somebody does. The number is the one who does it; a target is picked among the grants that there are.
#[derive(Clone, Debug)]
enum Step {
    Invite { by: usize, invited: &'static str, scopes: ScopeSet, lasts: Option<i64>, modest: bool },
    Edit { by: usize, target: usize, edit: Edit },
    Remove { by: usize, target: usize, below: Below },
    Cancel { by: usize, target: usize },
    Leave { by: usize },
    Wait { minutes: i64 },
}

#[derive(Clone, Debug)]
enum Edit {
    Widen(ScopeSet),
    Narrow(ScopeSet),
    Lasting(Option<i64>),
}

fn scopes() -> impl Strategy<Value = ScopeSet> {
    let some = vec![Scope::AnnotationsAdd, Scope::AnnotationsDelete, Scope::ConceptsAdd, Scope::InputsAdd];
    let people = select(vec![
        ScopeSet::EMPTY,
        ScopeSet::of(&[Scope::CollaboratorsAdd]),
        ScopeSet::of(&[Scope::CollaboratorsAdd, Scope::CollaboratorsDelete]),
        Preset::LabellingLead.scopes(),
        ScopeSet::ALL,
    ]);
    (subsequence(some, 0..=4), people)
        .prop_map(|(some, people)| some.into_iter().collect::<ScopeSet>().union(people))
}

/// Minutes from the step on, or for ever. Few enough that sessions outlast a whole run.
fn lasts() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![2 => Just(None), 1 => (0..30i64).prop_map(Some)]
}

fn step() -> impl Strategy<Value = Step> {
    let by = || 0..PEOPLE.len();
    let edit = prop_oneof![
        scopes().prop_map(Edit::Widen),
        scopes().prop_map(Edit::Narrow),
        lasts().prop_map(Edit::Lasting),
    ];
    let below = select(vec![Below::RemoveToo, Below::KeepUnderMe]);
    prop_oneof![
        8 => (by(), select(INVITED.to_vec()), scopes(), lasts(), prop::bool::weighted(0.7)).prop_map(
            |(by, invited, scopes, lasts, modest)| Step::Invite { by, invited, scopes, lasts, modest }
        ),
        6 => (by(), 0..INVITED.len(), edit).prop_map(|(by, target, edit)| Step::Edit { by, target, edit }),
        2 => (by(), 0..INVITED.len(), below)
            .prop_map(|(by, target, below)| Step::Remove { by, target, below }),
        1 => (by(), 0..INVITED.len()).prop_map(|(by, target)| Step::Cancel { by, target }),
        1 => by().prop_map(|by| Step::Leave { by }),
        1 => (1..10i64).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// What is listed of a grant, without what each database makes for itself.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    pending: bool,
    under: Option<String>,
    granted_by: String,
    rights: Rights,
    version: i64,
    key_count: i64,
}

/// One line of a preview, by the name of the person.
type Line = (String, bool, Rights, Option<Rights>, bool);

/// What came of a step: the kind of the answer, and what a preview had said beforehand.
#[derive(Debug, PartialEq)]
struct Outcome {
    answer: Result<(), String>,
    preview: Option<Result<Vec<Line>, String>>,
}

/// A bench with its people.
struct Side {
    bench: Bench,
    people: Vec<Person>,
}

impl Side {
    async fn open(database: Database) -> Self {
        let bench = Bench::open(database).await;
        let mut people = Vec::new();
        for slug in PEOPLE {
            people.push(bench.person(slug).await);
        }
        Self { bench, people }
    }

    fn who(&self, by: usize) -> &Who {
        &self.people[by].who
    }

    async fn make_app(&self, slug: &str) -> AppName {
        make_app(&self.bench, &self.people[0], slug).await
    }

    /// The grants there are, by the address of whoever holds them.
    async fn rows(&self, app: &AppName) -> BTreeMap<String, GrantRow> {
        let rows = people(&self.bench, self.who(0), app).await;
        rows.into_iter().map(|row| (row.email.clone().expect("everyone here has an address"), row)).collect()
    }

    /// What `by` can do in the app at this moment, or how they are refused.
    async fn access(&self, app: &AppName, by: usize) -> Result<Rights, String> {
        let seen = self.bench.service.get_app(self.who(by), app, Endpoint::ViewApp).await;
        seen.map(|(_, asked)| *asked.permit.rights()).map_err(kind)
    }

    fn in_minutes(&self, minutes: Option<i64>) -> Option<Timestamp> {
        minutes.map(|minutes| self.bench.now().plus(minutes * MINUTE))
    }

    async fn take(&self, app: &AppName, step: &Step) -> Outcome {
        let service = &self.bench.service;
        let rows = self.rows(app).await;
        let target = |position: usize| rows.values().nth(position % rows.len().max(1));
        let without_preview =
            |answer: Result<(), Error>| Outcome { answer: answer.map_err(kind), preview: None };
        match step {
            Step::Wait { minutes } => {
                self.bench.clock.advance(minutes * MINUTE);
                // Nobody is asked for their password here: it is not what these histories are about.
                for person in &self.people {
                    self.bench.prove_password(person).await;
                }
                without_preview(Ok(()))
            }
            Step::Invite { by, invited, scopes, lasts, modest } => {
                let mut rights = Rights { ends_at: self.in_minutes(*lasts), ..Rights::of(closed(*scopes)) };
                if let Some(own) = rows.get(&self.people[*by].email).filter(|_| *modest) {
                    rights = rights.meet(&own.rights());
                }
                let input = AddCollaborators {
                    people: vec![Invitee::Address(format!("{invited}@example.org"))],
                    scopes: rights.scopes,
                    ends_at: rights.ends_at,
                    ..AddCollaborators::default()
                };
                without_preview(service.add_collaborators(self.who(*by), app, &input).await.map(drop))
            }
            Step::Edit { by, target: position, edit } => {
                let Some(row) = target(*position) else { return without_preview(Ok(())) };
                let (scopes, ends_at) = match edit {
                    Edit::Widen(more) => (row.scopes.union(*more), row.ends_at),
                    Edit::Narrow(less) => (row.scopes.minus(*less), row.ends_at),
                    Edit::Lasting(lasts) => (row.scopes, self.in_minutes(*lasts)),
                };
                let input = EditCollaborator {
                    grant: row.id,
                    scopes,
                    endpoints: None,
                    reach: row.reach,
                    ends_at,
                    note: None,
                    expected_version: Some(row.version),
                };
                let preview = service.preview_edit(self.who(*by), app, &input).await;
                let answer = service.edit_collaborator(self.who(*by), app, &input).await;
                Outcome {
                    answer: answer.map(drop).map_err(kind),
                    preview: Some(preview.map(|preview| lines(&preview)).map_err(kind)),
                }
            }
            Step::Remove { by, target: position, below } => {
                let Some(row) = target(*position) else { return without_preview(Ok(())) };
                let preview = service.preview_removal(self.who(*by), app, row.id, *below).await;
                let answer = service.remove_collaborator(self.who(*by), app, row.id, *below).await;
                Outcome {
                    answer: answer.map_err(kind),
                    preview: Some(preview.map(|preview| lines(&preview)).map_err(kind)),
                }
            }
            Step::Cancel { by, target: position } => {
                let Some(row) = target(*position) else { return without_preview(Ok(())) };
                without_preview(service.cancel_invitation(self.who(*by), app, row.id).await)
            }
            Step::Leave { by } => without_preview(service.leave_app(self.who(*by), app).await),
        }
    }
}

/// What a preview says, in an order that does not hang on identifiers.
fn lines(preview: &Preview) -> Vec<Line> {
    let mut lines: Vec<Line> = preview
        .lines
        .iter()
        .map(|line| (line.name.clone(), line.pending, line.before, line.after, line.changes_inviter))
        .collect();
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    lines
}

/// The kind of an error. One that these steps cannot earn fails the test.
fn kind(error: Error) -> String {
    match error {
        Error::NotFound => "not found".into(),
        Error::Forbidden { endpoint, missing, .. } => {
            format!("{endpoint} is forbidden for want of {missing}")
        }
        Error::Invalid { fields } => {
            let fields: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
            format!("invalid: {}", fields.join(", "))
        }
        Error::Conflict(_) => "conflict".into(),
        other => panic!("{other:?}"),
    }
}

/// The rows in words that both databases share.
fn listed(rows: &BTreeMap<String, GrantRow>) -> BTreeMap<String, Listed> {
    let address = |id| {
        let above = rows.iter().find(|(_, row)| row.id == id);
        above.map(|(address, _)| address.clone()).expect("nothing hangs on a grant that has ended")
    };
    let list = |row: &GrantRow| Listed {
        pending: row.is_pending(),
        under: row.parent_id.map(address),
        granted_by: row.granted_by_name.clone(),
        rights: row.rights(),
        version: row.version,
        key_count: row.key_count,
    };
    rows.iter().map(|(address, row)| (address.clone(), list(row))).collect()
}

/// At every moment a grant lies within the grant of whoever gave it, and ends no later.
fn check_rules(listed: &BTreeMap<String, Listed>) {
    for (address, grant) in listed {
        if let Some(granter) = grant.under.as_ref().map(|under| &listed[under]) {
            assert!(
                grant.rights.scopes.is_subset(granter.rights.scopes),
                "{address} has more than the inviter"
            );
            let end = |rights: &Rights| rights.ends_at.map_or(i64::MAX, Timestamp::micros);
            assert!(end(&grant.rights) <= end(&granter.rights), "{address} stays longer than the inviter");
            assert!(!granter.pending, "{address} was invited by somebody who is not here yet");
        } else {
            assert_eq!(grant.granted_by, "Ada");
        }
        assert!(grant.rights.opens_something(), "{address} can do nothing");
        assert_eq!(closed(grant.rights.scopes), grant.rights.scopes, "{address} lacks what they need");
        assert_eq!(grant.key_count, i64::from(!grant.pending), "a token for everyone who is here");
    }
}

/// What a preview said came to pass: exactly those whom it names changed, and as it said.
fn check_preview(
    lines: &[Line],
    before: &BTreeMap<String, Listed>,
    after: &BTreeMap<String, Listed>,
    names: &BTreeMap<String, String>,
) {
    for (address, grant) in before {
        let now = after.get(address);
        match lines.iter().find(|line| line.0 == names[address]) {
            Some((_, _, was, is, changes_inviter)) => {
                assert_eq!(grant.rights, *was, "{address}");
                assert_eq!(now.map(|now| now.rights), *is, "{address}");
                if let Some(now) = now {
                    assert_eq!(now.under != grant.under, *changes_inviter, "{address}");
                }
            }
            None => assert_eq!(now, Some(grant), "{address} changed, which the preview did not say"),
        }
    }
}

async fn follow(sides: &[Side; 2], slug: &str, steps: &[Step]) {
    let [sqlite, postgres] = sides;
    let app = sqlite.make_app(slug).await;
    assert_eq!(postgres.make_app(slug).await, app);
    let mut before = BTreeMap::new();
    let mut names = BTreeMap::new();
    for step in steps {
        let outcome = sqlite.take(&app, step).await;
        assert_eq!(outcome, postgres.take(&app, step).await, "both answer the same to {step:?}");
        let rows = sqlite.rows(&app).await;
        let after = listed(&rows);
        assert_eq!(after, listed(&postgres.rows(&app).await), "both list the same after {step:?}");
        check_rules(&after);
        match &outcome.answer {
            Ok(()) => {
                if let Some(preview) = &outcome.preview {
                    let lines = preview.as_ref().expect("who may do it may see beforehand what it comes to");
                    check_preview(lines, &before, &after, &names);
                }
            }
            Err(_) => assert_eq!(after, before, "what is refused changes nothing"),
        }
        for (by, person) in sqlite.people.iter().enumerate() {
            let access = sqlite.access(&app, by).await;
            assert_eq!(access, postgres.access(&app, by).await, "both let {} do the same", person.slug);
            let given = if by == 0 {
                Some(Rights::FULL)
            } else {
                let now = sqlite.bench.now();
                let standing = after.get(&person.email).map(|grant| grant.rights);
                standing.filter(|rights| !rights.ended(now) && rights.scopes.contains(Scope::AppsGet))
            };
            assert_eq!(access.ok(), given, "{} can do what they were given", person.slug);
        }
        names = rows.iter().map(|(address, row)| (address.clone(), row.holder().to_owned())).collect();
        before = after;
    }
}

#[test]
fn both_databases_go_the_same_way_through_every_history() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // Pools end their connections on the runtime, also when the test fails.
    let _context = runtime.enter();
    let sides = runtime
        .block_on(async { [Side::open(Database::Sqlite).await, Side::open(Database::Postgres).await] });
    let count = Cell::new(0);
    let config = ProptestConfig {
        cases: 12,
        max_shrink_iters: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let followed = TestRunner::new(config).run(&prop::collection::vec(step(), 25), |steps| {
        count.set(count.get() + 1);
        runtime.block_on(follow(&sides, &format!("history-{}", count.get()), &steps));
        Ok(())
    });
    followed.unwrap_or_else(|error| panic!("{error}"));
}
