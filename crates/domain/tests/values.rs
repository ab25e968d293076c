//! What holds of every value, whatever text or set it is made from.

use atelier_domain::closure::{close, closed, lacking};
use atelier_domain::secret::KeySecret;
use atelier_domain::value::pasted_addresses;
use atelier_domain::{
    Access, DisplayName, Email, Endpoint, EndpointSet, Preset, ResourceId, Scope, ScopeSet, Slug,
};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

fn scope_set() -> impl Strategy<Value = ScopeSet> {
    let all: Vec<Scope> = Scope::all().collect();
    prop_oneof![
        // Small sets are what people tick; large ones are what they end up with.
        subsequence(all.clone(), 0..=6),
        subsequence(all, 0..=Scope::COUNT),
    ]
    .prop_map(|scopes| scopes.into_iter().collect())
}

fn endpoint_set() -> impl Strategy<Value = EndpointSet> {
    let rpcs: Vec<Endpoint> = Endpoint::all().filter(|endpoint| endpoint.is_rpc()).collect();
    let count = rpcs.len();
    subsequence(rpcs, 0..=count).prop_map(|endpoints| endpoints.into_iter().collect())
}

/// Any text, and texts that are nearly what is asked for.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ a-zA-Z0-9@.<>,;_+'\\-\\n\\t]{0,80}",
        "(to|Cc|bcc|öä)?:? ?([A-Zß<> ]{0,4}[a-zéİ.]{0,5}@[a-z.İ-]{0,9}[,; >]{0,2}){0,4}",
        "[İßﬁ€a]{0,260}",
        "[A-Zéİßﬁ]{1,3}@[A-Zéİß]{1,3}\\.[A-Zİ]{1,2}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn closing_twice_is_closing_once(chosen in scope_set()) {
        let once = closed(chosen);
        prop_assert_eq!(closed(once), once);
    }

    #[test]
    fn who_chooses_more_gets_no_less(chosen in scope_set(), more in scope_set()) {
        prop_assert!(closed(chosen).is_subset(closed(chosen.union(more))));
    }

    #[test]
    fn what_closed_sets_have_in_common_is_closed(one in scope_set(), other in scope_set()) {
        let common = closed(one).intersection(closed(other));
        prop_assert_eq!(closed(common), common);
    }

    #[test]
    fn closure_adds_reads_only_and_says_for_what(chosen in scope_set()) {
        let closure = close(chosen);
        prop_assert!(chosen.is_subset(closure.scopes));
        prop_assert_eq!(
            closure.added.iter().map(|added| added.scope).collect::<ScopeSet>(),
            closure.scopes.minus(chosen)
        );
        for added in &closure.added {
            prop_assert_eq!(added.scope.access(), Access::Read);
            prop_assert!(chosen.contains(added.needed_by));
        }
    }

    #[test]
    fn what_is_lacking_is_a_change_that_nobody_ticked(chosen in scope_set()) {
        for lacking in lacking(chosen) {
            prop_assert!(!lacking.scopes.is_empty());
            prop_assert_eq!(lacking.scopes.writes(), lacking.scopes);
            prop_assert!(lacking.scopes.intersection(closed(chosen)).is_empty());
        }
    }

    #[test]
    fn sets_of_scopes_read_back(set in scope_set()) {
        prop_assert_eq!(set.to_string().parse::<ScopeSet>(), Ok(set));
        let wire = set.to_wire();
        prop_assert_eq!(ScopeSet::from_wire(wire.iter().map(String::as_str)), Ok(set));
        prop_assert_eq!(set.iter().count(), set.len());
        prop_assert_eq!(set.iter().collect::<ScopeSet>(), set);
        prop_assert_eq!(set.reads().union(set.writes()), set);
        prop_assert!(set.reads().intersection(set.writes()).is_empty());
    }

    #[test]
    fn sets_of_endpoints_read_back(set in endpoint_set()) {
        prop_assert_eq!(set.to_string().parse::<EndpointSet>(), Ok(set));
        prop_assert_eq!(set.iter().collect::<EndpointSet>(), set);
    }

    #[test]
    fn sets_are_read_from_any_text_without_a_panic(text in text()) {
        if let Ok(set) = text.parse::<ScopeSet>() {
            prop_assert_eq!(set.to_string().parse::<ScopeSet>(), Ok(set));
        }
        if let Ok(set) = text.parse::<EndpointSet>() {
            prop_assert_eq!(set.to_string().parse::<EndpointSet>(), Ok(set));
        }
    }

    #[test]
    fn every_set_has_a_description(set in scope_set()) {
        prop_assert!(!Preset::describe(set).is_empty());
    }

    #[test]
    fn a_value_that_was_read_reads_back_as_itself(text in text()) {
        if let Ok(email) = text.parse::<Email>() {
            prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
            prop_assert_eq!(email.as_str(), email.as_str().to_lowercase());
        }
        if let Ok(slug) = text.parse::<Slug>() {
            prop_assert!(slug.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug.clone()));
        }
        if let Ok(id) = text.parse::<ResourceId>() {
            prop_assert_eq!(id.as_str().parse::<ResourceId>(), Ok(id.clone()));
        }
        if let Ok(name) = text.parse::<DisplayName>() {
            prop_assert_eq!(name.as_str().parse::<DisplayName>(), Ok(name.clone()));
        }
    }

    #[test]
    fn addresses_are_found_in_any_paste_and_nothing_else_is_lost(text in text()) {
        let found = pasted_addresses(&text);
        for (typed, read) in &found {
            prop_assert!(text.contains(typed.as_str()));
            if let Ok(email) = read {
                prop_assert!(typed.to_lowercase().contains(email.as_str()));
            }
        }
        let parting = |c: char| c.is_whitespace() || c == ',' || c == ';';
        let kept: usize = found.iter().map(|(typed, _)| typed.chars().filter(|c| !parting(*c)).count()).sum();
        let given = text.chars().filter(|c| !parting(*c)).count();
        // Only what heads a line of addresses is left out.
        prop_assert!(kept == given || (given - kept <= 4 && text.contains(':')), "{} of {}", kept, given);
    }

    #[test]
    fn a_key_with_one_character_changed_is_refused(
        random in any::<[u8; 29]>(),
        position in any::<Index>(),
        typed in prop_oneof![proptest::char::range('0', 'z'), any::<char>()],
    ) {
        let secret = KeySecret::new(&random);
        let good = secret.expose();
        prop_assert_eq!(good.parse::<KeySecret>(), Ok(secret.clone()));
        let mut characters: Vec<char> = good.chars().collect();
        let position = position.index(characters.len());
        prop_assume!(characters[position] != typed);
        characters[position] = typed;
        let changed: String = characters.iter().collect();
        prop_assert!(changed.parse::<KeySecret>().is_err(), "{}", changed);
        characters.remove(position);
        let shortened: String = characters.iter().collect();
        prop_assert!(shortened.parse::<KeySecret>().is_err(), "{}", shortened);
    }

    #[test]
    fn keys_are_read_from_any_text_without_a_panic(text in prop_oneof![text(), "atl_[0-9A-Za-zé]{40,50}"]) {
        if let Ok(secret) = text.parse::<KeySecret>() {
            prop_assert_eq!(secret.expose(), text);
        }
    }
}
