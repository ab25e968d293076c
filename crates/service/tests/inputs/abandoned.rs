//! Jobs on which nobody works any more.

use atelier_domain::Conditions;
use atelier_domain::id::JobId;
use atelier_domain::time::{HOUR, MINUTE};
use atelier_store::queries::input_jobs;

use super::*;

on_both_databases! { a_job_that_a_killed_server_left_comes_to_an_end }

async fn a_job_that_a_killed_server_left_comes_to_an_end(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = &bench.service;
    let left = async |slug: &str| {
        let mut tx = service.store().write().await.unwrap();
        let asked =
            service.permit(&mut tx, &ada.who, &app, Endpoint::PostInputs, Conditions::NONE).await.unwrap();
        let id = JobId::new(bench.now(), &service.world().salt());
        input_jobs::begin_job(&mut tx, &asked.permit, id, slug, (5, 1), bench.now()).await.unwrap();
        input_jobs::count_added(&mut tx, &asked.permit, slug, 1, bench.now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    left("left").await;
    bench.clock.advance(HOUR + MINUTE);
    left("running").await;
    assert_eq!(service.complete_abandoned_jobs().await, Ok(1));
    assert_eq!(service.complete_abandoned_jobs().await, Ok(0));
    let job = service.get_inputs_add_job(&ada.who, &app, "left").await.unwrap();
    assert_eq!((job.done, job.failed, job.pending, job.status), (1, 5, 0, job::COMPLETED));
    let job = service.get_inputs_add_job(&ada.who, &app, "running").await.unwrap();
    assert_eq!((job.done, job.failed, job.pending, job.status), (1, 1, 4, job::RUNNING));
}
