//! What sets of scopes mean, in sentences that people read.

use crate::basic::BasicScope;
use crate::decision::{Cause, Refusal};
use crate::endpoint::{Auth, Endpoint};
use crate::forest::Violation;
use crate::reach::Reach;
use crate::rights::{Excess, Rights};
use crate::scope::Scope;
use crate::scope_set::ScopeSet;

/// One thing that a person can do, and the scope that lets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ability {
    /// The scope.
    pub scope: Scope,
    /// What it lets one do, as it follows "they can".
    pub text: &'static str,
}

/// Every ability that has a sentence of its own, group by group as the picker shows them, reads before changes.
pub const ABILITIES: &[Ability] = &[
    ability(Scope::AnnotationsGet, "see annotations"),
    ability(Scope::AnnotationsAdd, "add annotations, and change their own"),
    ability(Scope::AnnotationsDelete, "delete annotations, also other people's"),
    ability(Scope::CollaboratorsGet, "see who the collaborators are"),
    ability(Scope::CollaboratorsAdd, "invite people, with at most what they have themselves"),
    ability(Scope::CollaboratorsDelete, "remove people and change their access"),
    ability(Scope::CollectorsGet, "see collectors"),
    ability(Scope::CollectorsAdd, "set up collectors"),
    ability(Scope::CollectorsDelete, "delete collectors"),
    ability(Scope::ConceptsGet, "see concepts"),
    ability(Scope::ConceptsAdd, "add and rename concepts"),
    ability(Scope::ConceptsDelete, "delete concepts"),
    ability(Scope::InputsGet, "see inputs"),
    ability(Scope::InputsAdd, "add inputs, and change them"),
    ability(Scope::InputsDelete, "delete inputs, with their annotations"),
    ability(Scope::DatasetsGet, "see datasets"),
    ability(Scope::DatasetsAdd, "make and change datasets"),
    ability(Scope::DatasetsDelete, "delete datasets"),
    ability(Scope::ExportsAdd, "export data, and duplicate the app"),
    ability(Scope::ModelsGet, "see models"),
    ability(Scope::ModelsAdd, "make and change models"),
    ability(Scope::ModelsTrain, "train models"),
    ability(Scope::ModelsDelete, "delete models"),
    ability(Scope::Predict, "predict with models"),
    ability(Scope::Search, "search"),
    ability(Scope::SavedSearchGet, "see saved searches"),
    ability(Scope::SavedSearchAdd, "save searches"),
    ability(Scope::SavedSearchDelete, "delete saved searches"),
    ability(Scope::TasksGet, "see tasks, and work on those assigned to them"),
    ability(Scope::TasksAdd, "make and change tasks"),
    ability(Scope::TasksDelete, "delete tasks"),
    ability(Scope::VocabsGet, "see vocabularies"),
    ability(Scope::VocabsAdd, "make and change vocabularies"),
    ability(Scope::VocabsDelete, "delete vocabularies"),
    ability(Scope::WorkflowsGet, "see workflows"),
    ability(Scope::WorkflowsAdd, "make and change workflows"),
    ability(Scope::WorkflowsDelete, "delete workflows"),
    ability(Scope::AppsAdd, "rename and configure the app"),
    ability(Scope::AppsDelete, "delete the app"),
    ability(Scope::KeysGet, "see the app's keys"),
    ability(Scope::AuditLogsGet, "read the audit list"),
];

const fn ability(scope: Scope, text: &'static str) -> Ability {
    Ability { scope, text }
}

/// What somebody with `scopes` can do.
pub fn can(scopes: ScopeSet) -> impl Iterator<Item = Ability> {
    ABILITIES.iter().copied().filter(move |ability| scopes.contains(ability.scope))
}

/// What somebody with `scopes` cannot do, among the changes that people ask about.
pub fn cannot(scopes: ScopeSet) -> impl Iterator<Item = Ability> {
    ABILITIES.iter().copied().filter(move |ability| {
        !scopes.contains(ability.scope) && ability.scope.access() == crate::scope::Access::Write
    })
}

/// A warning that belongs beside the button that hands out `scopes`.
#[must_use]
pub fn warnings(scopes: ScopeSet) -> Vec<&'static str> {
    let deletes =
        [Scope::AnnotationsDelete, Scope::InputsDelete, Scope::DatasetsDelete, Scope::ConceptsDelete];
    [
        (deletes.iter().any(|scope| scopes.contains(*scope)), "They can delete data."),
        (scopes.contains(Scope::CollaboratorsAdd), "They can invite others, with at most what they have."),
        (scopes.contains(Scope::CollaboratorsDelete), "They can remove people whom they did not invite."),
        (scopes.contains(Scope::ExportsAdd), "They can copy all of the app's data out."),
        (scopes.contains(Scope::AppsDelete), "They can delete the app."),
    ]
    .into_iter()
    .filter_map(|(applies, text)| applies.then_some(text))
    .collect()
}

/// The difference between two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is new.
    pub gained: ScopeSet,
    /// What is gone.
    pub lost: ScopeSet,
    /// Which inputs it is about from then on, if that changes.
    pub reach: Option<Reach>,
}

impl Difference {
    /// The difference that a change from `before` to `after` makes.
    #[must_use]
    pub fn between(before: ScopeSet, after: ScopeSet) -> Self {
        Self { gained: after.minus(before), lost: before.minus(after), reach: None }
    }

    /// The same, from what was about the inputs `before` to what is about those `after`.
    #[must_use]
    pub fn with_reach(self, before: Reach, after: Reach) -> Self {
        Self { reach: (before != after).then_some(after), ..self }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.reach.is_none()
    }

    /// In short: `+1 −2`, or `no change`.
    #[must_use]
    pub fn short(self) -> String {
        let scopes = match (self.gained.len(), self.lost.len()) {
            (0, 0) => None,
            (gained, 0) => Some(format!("+{gained}")),
            (0, lost) => Some(format!("−{lost}")),
            (gained, lost) => Some(format!("+{gained} −{lost}")),
        };
        let reach = self.reach.map(|reach| reach_note(reach).unwrap_or("all inputs"));
        match (scopes, reach) {
            (None, None) => "no change".into(),
            (Some(scopes), None) => scopes,
            (None, Some(reach)) => reach.into(),
            (Some(scopes), Some(reach)) => format!("{scopes}, {reach}"),
        }
    }

    /// In sentences: first what they will newly be able to do, then what they no longer will.
    #[must_use]
    pub fn sentences(self) -> Vec<String> {
        let newly = sentence("They will also be able to ", self.gained);
        let no_longer = sentence("They will no longer be able to ", self.lost);
        let reach = self.reach.map(|reach| match reach {
            Reach::Assigned => "They will see only the inputs of tasks that are assigned to them.".to_owned(),
            Reach::Everything => "They will see all inputs.".to_owned(),
        });
        newly.into_iter().chain(no_longer).chain(reach).collect()
    }
}

/// What stands beside somebody's access that is about a part of the inputs.
#[must_use]
pub fn reach_note(reach: Reach) -> Option<&'static str> {
    reach.is_limited().then_some("assigned tasks only")
}

/// What somebody has, in a few words: the preset that it is nearest to, and whether it is about a part of the inputs.
#[must_use]
pub fn access(scopes: ScopeSet, reach: Reach) -> String {
    let scopes = crate::Preset::describe(scopes);
    match reach_note(reach) {
        Some(note) => format!("{scopes}, {note}"),
        None => scopes,
    }
}

/// What somebody with `scopes` cannot do because they reach a part of the inputs alone, in a sentence.
#[must_use]
pub fn reach_warning(scopes: ScopeSet) -> Option<String> {
    let is_lost = |scope: &Scope| {
        let mut opened = Endpoint::all()
            .filter(|endpoint| endpoint.is_rpc() && endpoint.needs().contains(*scope))
            .peekable();
        scope.access() == crate::scope::Access::Write
            && opened.peek().is_some()
            && opened.all(Endpoint::is_of_whole)
    };
    let lost: ScopeSet = scopes.iter().filter(is_lost).collect();
    sentence("As they see only a part of the inputs, they will not be able to ", lost)
}

fn sentence(start: &str, scopes: ScopeSet) -> Option<String> {
    let texts: Vec<&str> = can(scopes).map(|ability| ability.text).collect();
    let unnamed = scopes.iter().filter(|scope| ABILITIES.iter().all(|ability| ability.scope != *scope));
    let others = unnamed.map(|scope| format!("use `{scope}`")).collect::<Vec<_>>();
    let all: Vec<&str> = texts.into_iter().chain(others.iter().map(String::as_str)).collect();
    (!all.is_empty()).then(|| format!("{start}{}.", list(&all)))
}

/// What became of somebody's access from `before` to `after`, told to themselves; `by` is who did it.
#[must_use]
pub fn told_to_holder(by: Option<&str>, before: &Rights, after: &Rights) -> String {
    let difference = Difference::between(before.scopes, after.scopes);
    let clauses = [
        clause("you can no longer ", difference.lost),
        clause("you can now ", difference.gained),
        (before.endpoints != after.endpoints).then(|| "it is limited to other endpoints".to_owned()),
        reach_told(before.reach, after.reach).map(str::to_owned),
        (before.ends_at != after.ends_at).then(|| "it ends at another time".to_owned()),
    ];
    let start = match by {
        Some(by) => format!("{by} changed what you can do here"),
        None => "What you can do here has changed".to_owned(),
    };
    let clauses: Vec<String> = clauses.into_iter().flatten().collect();
    if clauses.is_empty() { format!("{start}.") } else { format!("{start}: {}.", clauses.join("; ")) }
}

/// What became of which inputs somebody's access is about, told to themselves; nothing, if nothing did.
fn reach_told(before: Reach, after: Reach) -> Option<&'static str> {
    match (before, after) {
        (Reach::Everything, Reach::Assigned) => {
            Some("you see only the inputs of tasks that are assigned to you")
        }
        (Reach::Assigned, Reach::Everything) => Some("you see all inputs"),
        (Reach::Everything, Reach::Everything) | (Reach::Assigned, Reach::Assigned) => None,
    }
}

fn clause(start: &str, scopes: ScopeSet) -> Option<String> {
    let abilities = can(scopes).map(|ability| to_you(ability.text));
    let others = scopes.iter().filter(|scope| ABILITIES.iter().all(|ability| ability.scope != *scope));
    let texts: Vec<String> = abilities.chain(others.map(|scope| format!("use `{scope}`"))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    (!texts.is_empty()).then(|| format!("{start}{}", list(&texts)))
}

/// The words of an ability as they follow "you can".
fn to_you(text: &str) -> String {
    text.replace("their own", "your own")
        .replace("they have themselves", "you have yourself")
        .replace("assigned to them", "assigned to you")
}

/// `a`, `a and b`, `a; b and c`: parted by semicolons where the parts have commas.
#[must_use]
pub fn list(parts: &[&str]) -> String {
    let separator = if parts.iter().any(|part| part.contains(", ")) { "; " } else { ", " };
    match parts {
        [] => String::new(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} and {last}", first.join(separator)),
    }
}

/// The names of scopes as they stand in a sentence: each in backticks.
#[must_use]
pub fn scope_names(scopes: ScopeSet) -> String {
    let quoted: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    let parts: Vec<&str> = quoted.iter().map(String::as_str).collect();
    list(&parts)
}

/// What `scopes` comes to, group by group: the groups it covers whole, and the single changes beside them.
#[must_use]
pub fn summary(scopes: ScopeSet) -> Vec<String> {
    summary_beyond(ScopeSet::EMPTY, scopes)
}

/// What `scopes` comes to beyond `known`, as [`summary`].
#[must_use]
pub fn summary_beyond(known: ScopeSet, scopes: ScopeSet) -> Vec<String> {
    let mut rest = scopes.minus(known);
    let mut parts = Vec::new();
    for group in BasicScope::ALL {
        if group.own().is_subset(scopes) && group.own().writes().is_subset(rest) {
            parts.push(group.name().to_owned());
            rest = rest.minus(group.own());
        }
    }
    parts.extend(rest.writes().iter().map(|scope| scope.wire().to_owned()));
    parts
}

impl Refusal {
    /// Why it was refused and who could change that, in sentences. `givers` are the people who could give what is
    /// missing, the owner first, by the names under which the caller knows them.
    #[must_use]
    pub fn explain(&self, givers: &[&str]) -> String {
        // Acts of the browser have names that nobody who uses it has read anywhere.
        let what = if self.endpoint.is_rpc() { format!("`{}`", self.endpoint) } else { "this".to_owned() };
        match self.cause {
            Cause::NotFound => "resource does not exist".into(),
            Cause::GrantEnded(_) => {
                format!("your access to this app has ended{}", who(givers, " could renew it"))
            }
            Cause::KeyEnded(_) => "this key has ended; make a new one".into(),
            Cause::WrongCredential(Auth::Session) => {
                format!("{what} is for people signed in, not for keys")
            }
            Cause::WrongCredential(_) => {
                format!("{what} needs a personal access token; app keys are not taken here")
            }
            Cause::BoundElsewhere => "this token is bound to another app".into(),
            Cause::MissingScopes { missing, by_grant } => {
                let by_key = missing.minus(by_grant);
                let grant = (!by_grant.is_empty()).then(|| {
                    format!(
                        "your access to this app does not include {}{}",
                        scope_names(by_grant),
                        who(givers, " could give it to you")
                    )
                });
                let key = (!by_key.is_empty())
                    .then(|| format!("the key you used does not include {}", scope_names(by_key)));
                let reasons: Vec<String> = grant.into_iter().chain(key).collect();
                format!("{what} needs {}: {}", scope_names(missing), reasons.join("; "))
            }
            Cause::EndpointNotListed { by_grant: true } => format!(
                "your access to this app is limited to certain endpoints, and {what} is not among them{}",
                who(givers, " could add it")
            ),
            Cause::EndpointNotListed { by_grant: false } => {
                format!("the key you used is limited to certain endpoints, and {what} is not among them")
            }
            Cause::OfWhole { by_grant: true } => format!(
                "your access to this app is limited to the inputs of tasks that are assigned to you, and {what} is about \
                 all of them{}",
                who(givers, " could lift the limit")
            ),
            Cause::OfWhole { by_grant: false } => format!(
                "the key you used is limited to the inputs of tasks that are assigned to you, and {what} is about all \
                 of them"
            ),
            Cause::PasswordTooOld => "give your password again to go on".into(),
            Cause::SomeoneElses => {
                format!("this annotation is someone else's{}", who(givers, " could change it"))
            }
        }
    }

    /// The scopes that are missing, if that is why.
    #[must_use]
    pub fn missing(&self) -> ScopeSet {
        match self.cause {
            Cause::MissingScopes { missing, .. } => missing,
            _ => ScopeSet::EMPTY,
        }
    }
}

fn who(givers: &[&str], could: &str) -> String {
    match givers {
        [] => String::new(),
        [first @ .., last] if !first.is_empty() => format!("; {} or {last}{could}", first.join(", ")),
        [one, ..] => format!("; {one}{could}"),
    }
}

impl Violation {
    /// The violation with what exactly exceeds, and who could change that, in a sentence. `givers` are the people who
    /// could give the editor what they lack, the owner first; none, where it is their key that lacks it.
    #[must_use]
    pub fn explain(&self, givers: &[&str]) -> String {
        match self {
            Self::Exceeds(excess) => {
                format!("{self}: {}{}", exceeding(excess), who(givers, " could give it to you"))
            }
            Self::ExceedsInviter(excess) => {
                format!("{self}: {}; widen what that person has first", exceeding(excess))
            }
            other => other.to_string(),
        }
    }
}

fn exceeding(excess: &Excess) -> String {
    let parts = [
        (!excess.scopes.is_empty()).then(|| scope_names(excess.scopes)),
        excess.endpoints.then(|| "endpoints beyond the list".to_owned()),
        excess.reach.then(|| "inputs beyond assigned tasks".to_owned()),
        excess.longer_than.map(|_| "a later end date".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    list(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;

    #[test]
    fn a_change_of_reach_is_told_beside_that_of_scopes() {
        let (one, two) = (ScopeSet::of(&[Scope::AppsGet]), ScopeSet::of(&[Scope::AppsGet, Scope::InputsGet]));
        let narrowed = Difference::between(two, one).with_reach(Reach::Everything, Reach::Assigned);
        assert_eq!(narrowed.short(), "−1, assigned tasks only");
        assert_eq!(
            narrowed.sentences().last().map(String::as_str),
            Some("They will see only the inputs of tasks that are assigned to them.")
        );
        let widened = Difference::between(one, one).with_reach(Reach::Assigned, Reach::Everything);
        assert_eq!((widened.short().as_str(), widened.is_empty()), ("all inputs", false));
        assert!(Difference::between(one, one).with_reach(Reach::Assigned, Reach::Assigned).is_empty());
    }

    #[test]
    fn who_sees_a_part_of_the_inputs_is_told_what_that_takes_from_their_scopes() {
        assert_eq!(reach_warning(crate::Preset::Worker.scopes()), None);
        let lead = reach_warning(ScopeSet::of(&[Scope::TasksAdd])).unwrap_or_default();
        assert!(lead.contains("task"), "{lead}");
    }

    #[test]
    fn every_scope_of_the_eleven_groups_has_its_sentence_once() {
        for group in BasicScope::ALL {
            for scope in group.own().iter() {
                let count = ABILITIES.iter().filter(|ability| ability.scope == scope).count();
                assert_eq!(count, 1, "{scope}");
            }
        }
    }

    #[test]
    fn can_and_cannot_never_say_the_same() {
        let scopes = BasicScope::Annotation.own();
        assert!(can(scopes).all(|able| cannot(scopes).all(|unable| unable.scope != able.scope)));
    }

    #[test]
    fn differences_read_as_sentences() {
        let before = ScopeSet::of(&[Scope::AnnotationsAdd, Scope::InputsDelete]);
        let after = ScopeSet::of(&[Scope::AnnotationsAdd, Scope::CollaboratorsAdd, Scope::Search]);
        let difference = Difference::between(before, after);
        assert_eq!(difference.short(), "+2 −1");
        assert_eq!(
            difference.sentences(),
            [
                "They will also be able to invite people, with at most what they have themselves and search.",
                "They will no longer be able to delete inputs, with their annotations."
            ]
        );
        assert_eq!(Difference::between(before, before).short(), "no change");
    }

    #[test]
    fn the_holder_is_told_what_changed_and_by_whom() {
        let before = Rights::of(ScopeSet::of(&[Scope::AnnotationsAdd, Scope::Search]));
        let after = Rights::of(ScopeSet::of(&[Scope::Search, Scope::CollaboratorsAdd]));
        assert_eq!(
            told_to_holder(Some("Ada Lovelace"), &before, &after),
            "Ada Lovelace changed what you can do here: you can no longer add annotations, and change your own; you \
             can now invite people, with at most what you have yourself."
        );
        let shorter = Rights { ends_at: Some(crate::Timestamp::from_micros(0)), ..before };
        assert_eq!(
            told_to_holder(None, &before, &shorter),
            "What you can do here has changed: it ends at another time."
        );
    }

    #[test]
    fn abilities_that_speak_of_their_holder_speak_to_them_too() {
        let told: Vec<String> = ABILITIES.iter().map(|ability| to_you(ability.text)).collect();
        let to_holder: Vec<&String> = told.iter().filter(|text| text.contains("you")).collect();
        assert_eq!(
            to_holder,
            [
                "add annotations, and change your own",
                "invite people, with at most what you have yourself",
                "see tasks, and work on those assigned to you",
            ]
        );
        assert!(told.iter().all(|text| !text.contains("their own") && !text.contains("themselves")));
    }

    #[test]
    fn a_refusal_says_what_is_missing_why_and_who_could_give_it() {
        let missing = ScopeSet::of(&[Scope::AnnotationsDelete]);
        let by_grant = Refusal {
            endpoint: Endpoint::DeleteAnnotations,
            cause: Cause::MissingScopes { missing, by_grant: missing },
        };
        assert_eq!(
            by_grant.explain(&["Ada", "Bo"]),
            "`DeleteAnnotations` needs `Annotations_Delete`: your access to this app does not include \
             `Annotations_Delete`; Ada or Bo could give it to you"
        );
        let by_key = Refusal {
            endpoint: Endpoint::DeleteAnnotations,
            cause: Cause::MissingScopes { missing, by_grant: ScopeSet::EMPTY },
        };
        assert_eq!(
            by_key.explain(&["Ada"]),
            "`DeleteAnnotations` needs `Annotations_Delete`: the key you used does not include `Annotations_Delete`"
        );
    }

    #[test]
    fn an_act_of_the_browser_is_not_called_by_a_name_that_nobody_knows() {
        let missing = ScopeSet::of(&[Scope::CollaboratorsAdd]);
        let cause = Cause::MissingScopes { missing, by_grant: missing };
        assert_eq!(
            Refusal { endpoint: Endpoint::CheckInvitees, cause }.explain(&["Ada"]),
            "this needs `Collaborators_Add`: your access to this app does not include `Collaborators_Add`; Ada could \
             give it to you"
        );
    }

    #[test]
    fn whoever_would_give_too_much_is_told_what_and_who_could_give_it() {
        let scopes = ScopeSet::of(&[Scope::AnnotationsDelete]);
        let excess = Excess { scopes, endpoints: false, reach: false, longer_than: None };
        assert_eq!(
            Violation::Exceeds(excess).explain(&["Ada"]),
            "you cannot give more than you have: `Annotations_Delete`; Ada could give it to you"
        );
        assert_eq!(
            Violation::Exceeds(excess).explain(&[]),
            "you cannot give more than you have: `Annotations_Delete`"
        );
        assert_eq!(
            Violation::ExceedsInviter(excess).explain(&[]),
            "it would give more than the person who invited them has: `Annotations_Delete`; widen what that person has \
             first"
        );
    }

    #[test]
    fn lists_read_naturally() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a, x", "b", "c"]), "a, x; b and c");
    }
}
