//! Everything that is measured can be read and is on the dashboard, and none of it tells of a person.

use std::collections::BTreeSet;

use atelier_domain::ScopeSet;
use atelier_domain::limit::Allowance;
use atelier_domain::time::SECOND;
use atelier_service::keys::CreateKey;
use atelier_testkit::people::PASSWORD;
use atelier_testkit::sharing::street_signs;
use atelier_testkit::{Bench, Database};
use axum::body::{Body, to_bytes};
use axum::middleware::from_fn;
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;

/// The names of what Atelier measures in an expression of Prometheus.
fn names(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .filter(|word| ["atelier_", "process_"].iter().any(|ours| word.starts_with(ours)))
        .map(str::to_owned)
        .collect()
}

/// The names under which Prometheus has a metric.
fn series((name, kind, _): &(&str, Kind, &str)) -> Vec<String> {
    match kind {
        Kind::Counter | Kind::Gauge => vec![(*name).to_owned()],
        Kind::Histogram(_) => ["bucket", "sum", "count"].map(|part| format!("{name}_{part}")).into(),
    }
}

/// Every text under `name` in the document.
fn texts<'a>(document: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match document {
        Value::Object(members) => {
            for (member, value) in members {
                match value {
                    Value::String(text) if member == name => found.push(text),
                    _ => texts(value, name, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, name, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_asks_for_what_there_is_and_shows_all_of_it() {
    let dashboard: Value =
        serde_json::from_str(include_str!("../../../../docs/grafana/atelier.json")).unwrap();
    let mut expressions = Vec::new();
    texts(&dashboard, "expr", &mut expressions);
    assert!(expressions.len() >= 15, "{expressions:?}");
    let asked: BTreeSet<String> = expressions.iter().flat_map(|expression| names(expression)).collect();
    let measured: BTreeSet<String> = METRICS.iter().flat_map(series).collect();
    assert_eq!(
        asked.difference(&measured).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "nobody measures these"
    );
    for metric in &METRICS {
        assert!(series(metric).iter().any(|name| asked.contains(name)), "{} is not shown", metric.0);
    }
}

#[test]
fn everything_is_measured_and_nothing_tells_of_a_person() {
    let handle = install().unwrap();
    Bench::run(Database::Sqlite, |bench| async move {
        let ada = bench.person("ada").await;
        street_signs(&bench, &ada).await;
        let origin = &ada.who.origin;
        bench.service.sign_in(&ada.email, "a wrong password", origin).await.unwrap_err();
        bench.service.sign_in(&ada.email, PASSWORD, origin).await.unwrap();
        let key = CreateKey { description: "All".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
        let key = bench.service.create_key(&ada.who, &key).await.unwrap();
        let router =
            crate::wire::router(&bench.service, Allowance::new(1_000, SECOND)).layer(from_fn(measure));
        let ask = async |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path);
            let request = request.header("authorization", format!("Key {}", key.secret.expose()));
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        };
        for path in ["street-signs", "street-signs?token=a-secret-name", "a-secret-name"] {
            ask("GET", &format!("/v2/users/ada/apps/{path}")).await;
        }
        ask("GET", "/a-secret-name").await;
        ask("SECRET-NAME", "/v2/users/me").await;
        bench.service.revoke_key(&ada.who, key.key.id).await.unwrap();
        ask("GET", "/v2/users/ada/apps/street-signs").await;
        let asked = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = super::router(handle, bench.service.clone()).oneshot(asked).await.unwrap();
        let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let shown: BTreeSet<&str> = text.lines().filter_map(|line| line.split(['{', ' ']).next()).collect();
        for metric in &METRICS {
            for name in series(metric) {
                assert!(shown.contains(name.as_str()), "{name} is not in\n{text}");
            }
        }
        for line in [
            "atelier_requests_total{route=\"/v2/users/{p0}/apps/{p1}\",method=\"GET\",status=\"2xx\"} 2",
            "atelier_requests_total{route=\"/v2/users/{p0}/apps/{p1}\",method=\"GET\",status=\"4xx\"} 2",
            "atelier_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"} 1",
            "atelier_requests_total{route=\"/v2/users/{p0}\",method=\"other\",status=\"4xx\"} 1",
            "atelier_sign_ins_total{outcome=\"refused\"} 1",
            "atelier_decisions_total{endpoint=\"GetApp\",outcome=\"permitted\"} 2",
            "atelier_decisions_total{endpoint=\"GetApp\",outcome=\"not_found\"} 1",
            "atelier_decisions_total{endpoint=\"GetApp\",outcome=\"not_known\"} 1",
            "atelier_database_up 1",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
        }
        for secret in ["ada", "secret", "SECRET", "street-signs", "example.org"] {
            assert!(!text.contains(secret), "{secret} is in\n{text}");
        }
    });
}
