//! Adding collaborators: people with an account at once, addresses without one as pending invitations.

use atelier_domain::closure::closed;
use atelier_domain::id::GrantId;
use atelier_domain::{
    Below, Email, Endpoint, EndpointSet, Forest, Permit, Reach, Rights, ScopeSet, Slug, Timestamp,
};
use atelier_store::queries::apps::AppRow;
use atelier_store::queries::grants::{Invitation, NewGrant};
use atelier_store::queries::users::UserRow;
use atelier_store::queries::{apps, grants, users};
use atelier_store::{Conn, Event, WriteTx};
use serde_json::json;

use super::GrantRow;
use super::invitations::INVITATION;
use super::plan::{Act, Plan, editor, forest, not_allowed, rows_around};
use crate::audit::{Action, Actor, Done};
use crate::identity::insert_automatic_token;
use crate::secrets::{hash_secret, new_secret};
use crate::{AppName, Asked, Error, FieldError, Result, Service, Who};

/// The most people who are added at once.
pub const PEOPLE: usize = 100;

/// The most characters a note has.
pub const NOTE: usize = 1_000;

/// Somebody to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invitee {
    /// By an e-mail address.
    Address(String),
    /// By the slug of their account.
    User(String),
}

impl Invitee {
    /// The address, if it is one.
    fn address(&self) -> Option<Email> {
        match self {
            Self::Address(text) => text.parse().ok(),
            Self::User(_) => None,
        }
    }
}

/// People to be added, and what they are given.
#[derive(Clone, Debug, Default)]
pub struct AddCollaborators {
    /// The people.
    pub people: Vec<Invitee>,
    /// The scopes as they were chosen; the reads that they need come along.
    pub scopes: ScopeSet,
    /// The endpoints to which they are limited.
    pub endpoints: Option<EndpointSet>,
    /// Which inputs it is about.
    pub reach: Reach,
    /// When their access ends.
    pub ends_at: Option<Timestamp>,
    /// What the inviter writes beside it.
    pub note: String,
}

/// What was made of an invitation.
#[derive(Clone, Debug)]
pub struct Added {
    /// The grants, in the order in which the people were named: those of people without an account are pending.
    pub grants: Vec<GrantRow>,
}

/// What is said of somebody who was named before.
pub(super) const TWICE: &str = "is in the list twice";

/// Somebody who can be added.
pub(super) struct Person {
    account: Option<UserRow>,
    /// The address by which they were named, and to which mail goes.
    address: Option<Email>,
    /// Grants of theirs that are over and have not been put away: the new one takes their place.
    over: Vec<GrantId>,
}

impl Service {
    /// Adds people to the app, all of them or, if anything stands against one, none.
    ///
    /// # Errors
    /// When the caller may not, would give more than they may, or somebody cannot be added: then there is a field
    /// error `people[i]` for each of them. `Throttled` after too many invitations.
    pub async fn add_collaborators(
        &self,
        who: &Who,
        app: &AppName,
        input: &AddCollaborators,
    ) -> Result<Added> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let endpoint = Endpoint::PostCollaborators;
        let addresses: Vec<Email> = input.people.iter().filter_map(Invitee::address).take(PEOPLE).collect();
        let asked = self.permit_to_invite(&mut tx, who, app, endpoint, &addresses).await?;
        let rights = Rights {
            scopes: closed(input.scopes),
            endpoints: input.endpoints,
            reach: input.reach,
            ends_at: input.ends_at,
        };
        if let Err(violation) = Forest::invite(&editor(&asked.permit), &rights, now) {
            return Err(not_allowed(&mut tx, &asked.permit, &violation).await);
        }
        check_note(&input.note)?;
        let people = self.people(&mut tx, &asked.permit, &input.people).await?;
        let strangers = people.iter().filter(|person| person.account.is_none()).count();
        self.spend_invitations(&mut tx, asked.permit.user(), strangers).await?;
        let app = apps::get(&mut tx, &asked.permit).await?;
        let mut added = Vec::new();
        for person in &people {
            for over in &person.over {
                self.put_away(&mut tx, &asked, who, *over).await?;
            }
            let id = GrantId::new(now, &self.world.salt());
            match &person.account {
                Some(user) => {
                    let mailbox = match &person.address {
                        Some(address) => Some(address.to_string()),
                        None => self.mailbox(&mut tx, user.id).await?,
                    };
                    let grant = NewGrant {
                        id,
                        user: Some(user.id),
                        invitation: None,
                        parent: asked.permit.grant(),
                        rights,
                        note: &input.note,
                    };
                    self.add_account(&mut tx, &asked, who, &app, &grant, user, mailbox).await?;
                }
                None => {
                    if let Some(address) = &person.address {
                        self.invite_address(&mut tx, &asked, who, &app, id, &rights, &input.note, address)
                            .await?;
                    }
                }
            }
            added.push(grants::get(&mut tx, &asked.permit, id).await?.ok_or(Error::NotFound)?);
        }
        tx.announce(Event::Access(app.id));
        tx.commit().await?;
        Ok(Added { grants: added })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a different thing that the mail or the grant names"
    )]
    async fn add_account(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        who: &Who,
        app: &AppRow,
        grant: &NewGrant<'_>,
        user: &UserRow,
        mailbox: Option<String>,
    ) -> Result<()> {
        grants::insert(tx, &asked.permit, grant, self.world.now()).await.map_err(raced)?;
        insert_automatic_token(self, tx, user.id, app.id, &app.name, grant.id, &grant.rights).await?;
        if let Some(mailbox) = mailbox
            && self.may_tell_added(tx, &mailbox).await?
        {
            self.mail_added(tx, asked, app, &mailbox).await?;
        }
        let done = Done {
            app: Some(app.id),
            subject_id: Some(user.id),
            after: Some(given(&grant.rights, grant.note)),
            ..Done::new(Action::CollaboratorAdded, &user.name)
        };
        self.audit(tx, Actor::in_app(asked, &who.origin), &done);
        tx.announce(Event::Person(user.id));
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a different thing that the mail or the grant names"
    )]
    async fn invite_address(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        who: &Who,
        app: &AppRow,
        id: GrantId,
        rights: &Rights,
        note: &str,
        address: &Email,
    ) -> Result<()> {
        let now = self.world.now();
        let secret = new_secret(&self.world);
        let secret_hash = hash_secret(&secret);
        let invitation = Invitation { address, secret_hash: &secret_hash, expires_at: now.plus(INVITATION) };
        let grant = NewGrant {
            id,
            user: None,
            invitation: Some(invitation),
            parent: asked.permit.grant(),
            rights: *rights,
            note,
        };
        grants::insert(tx, &asked.permit, &grant, now).await.map_err(raced)?;
        self.mail_invitation(tx, asked, app, address, &secret).await?;
        let done = Done {
            app: Some(app.id),
            after: Some(given(rights, note)),
            ..Done::new(Action::CollaboratorInvited, address.as_str())
        };
        self.audit(tx, Actor::in_app(asked, &who.origin), &done);
        Ok(())
    }

    /// Who they all are; or what stands against each of those who cannot be added.
    async fn people(&self, conn: &mut Conn, permit: &Permit, invitees: &[Invitee]) -> Result<Vec<Person>> {
        if invitees.is_empty() {
            return Err(Error::invalid("people", "name at least one person"));
        }
        check_number(invitees)?;
        let mut people: Vec<Person> = Vec::new();
        let mut fields = Vec::new();
        for (position, invitee) in invitees.iter().enumerate() {
            let found = match self.person(conn, permit, invitee).await? {
                Ok(person) if people.iter().any(|known| is_same(known, &person)) => Err(TWICE.to_owned()),
                other => other,
            };
            match found {
                Ok(person) => people.push(person),
                Err(message) => fields.push(FieldError { field: format!("people[{position}]"), message }),
            }
        }
        if fields.is_empty() { Ok(people) } else { Err(Error::Invalid { fields }) }
    }

    /// Who `invitee` is, or why they cannot be added.
    pub(super) async fn person(
        &self,
        conn: &mut Conn,
        permit: &Permit,
        invitee: &Invitee,
    ) -> Result<std::result::Result<Person, String>> {
        let now = self.world.now();
        let (account, address) = match invitee {
            Invitee::Address(text) => match text.parse::<Email>() {
                Ok(address) => (users::by_verified_address(conn, &address).await?, Some(address)),
                Err(error) => return Ok(Err(error.to_string())),
            },
            Invitee::User(text) => {
                let slug = match text.parse::<Slug>() {
                    Ok(slug) => slug,
                    Err(error) => return Ok(Err(error.to_string())),
                };
                match users::by_slug(conn, slug.as_str()).await? {
                    Some(account) => (Some(account), None),
                    None => return Ok(Err(format!("nobody here is called `{slug}`"))),
                }
            }
        };
        let mut over = Vec::new();
        if let Some(user) = &account {
            if user.id == permit.user() {
                return Ok(Err("is you".into()));
            }
            if user.id == permit.owner() {
                return Ok(Err(format!("is {}, who owns the app", user.name)));
            }
            match grants::of_user(conn, permit, user.id).await? {
                Some(row) if row.rights().ended(now) => over.push(row.id),
                Some(row) => return Ok(Err(format!("is {}, who is a collaborator already", row.holder()))),
                None => {}
            }
        }
        if let Some(address) = &address {
            match grants::of_address(conn, permit, address).await? {
                Some(row) if row.rights().ended(now) || row.expires_at.is_some_and(|end| end <= now) => {
                    over.push(row.id);
                }
                Some(_) => {
                    return Ok(Err("is invited already: resend or cancel that invitation".into()));
                }
                None => {}
            }
        }
        Ok(Ok(Person { account, address, over }))
    }

    /// Ends a grant that is over, and those below it, which are over with it.
    async fn put_away(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        who: &Who,
        target: GrantId,
    ) -> Result<()> {
        let permit = &asked.permit;
        if grants::get(tx, permit, target).await?.is_none() {
            // It went with another one that was put away just now.
            return Ok(());
        }
        let rows = rows_around(tx, permit, target).await?;
        let changes = forest(&rows)
            .remove(&editor(permit), target, Below::RemoveToo)
            .map_err(|violation| Error::violation(&violation, permit.endpoint(), &[]))?;
        let plan = Plan {
            act: Act::Over,
            target,
            changes: &changes,
            rows: &rows,
            adopter: (permit.user(), &asked.name),
            note: None,
        };
        self.carry_out(tx, asked, &who.origin, &plan).await
    }
}

pub(super) fn check_number(invitees: &[Invitee]) -> Result<()> {
    if invitees.len() > PEOPLE {
        return Err(Error::invalid("people", format!("at most {PEOPLE} people are added at once")));
    }
    Ok(())
}

/// Whether both are one person.
fn is_same(one: &Person, other: &Person) -> bool {
    let same_account = match (&one.account, &other.account) {
        (Some(one), Some(other)) => one.id == other.id,
        _ => false,
    };
    same_account || (one.address.is_some() && one.address == other.address)
}

/// What a new grant gives, as the audit list keeps it.
fn given(rights: &Rights, note: &str) -> serde_json::Value {
    json!({
        "scopes": rights.scopes,
        "endpoints": rights.endpoints,
        "reach": rights.reach.is_limited().then_some(rights.reach),
        "ends_at": rights.ends_at,
        "note": note,
    })
}

fn raced(error: atelier_store::Error) -> Error {
    match error {
        atelier_store::Error::Duplicate => {
            Error::Conflict("somebody else has added one of these people just now; look again".into())
        }
        other => other.into(),
    }
}

pub(super) fn check_note(note: &str) -> Result<()> {
    if note.chars().count() > NOTE {
        return Err(Error::invalid("note", format!("must have at most {NOTE} characters")));
    }
    Ok(())
}
