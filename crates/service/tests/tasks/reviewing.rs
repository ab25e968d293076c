//! What reviewers and agreement make of it, and how it goes on.

use super::*;

on_both_databases! {
    the_history_tells_who_said_what_and_what_became_of_it,
    a_reviewer_approves_gives_back_and_rejects,
    nobody_reviews_their_own_work,
    what_waits_is_reviewed_at_once_as_far_as_it_is_the_reviewers_turn,
    several_approve_at_once_and_what_was_given_back_comes_again,
    a_sample_is_reviewed_and_the_rest_counts,
    those_who_agree_count_without_a_review,
    how_the_work_goes_on_is_for_those_who_see_the_people,
}

async fn a_reviewer_approves_gives_back_and_rejects(bench: Bench) {
    let story = Story::of(bench, 3).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 100)).await.unwrap();
    for number in 0..3 {
        story.label(&story.bo.who, number, "stop").await;
        assert_eq!(story.stands(&story.bo, number).await, [said::AWAITING_REVIEW]);
    }
    let waiting: Vec<String> =
        story.to_review(&story.di.who).await.into_iter().map(|(input, _)| input).collect();
    assert_eq!(waiting, ["note-00", "note-01", "note-02"]);
    story.act(&story.di.who, 0, Act::Review, "").await.unwrap();
    story.act(&story.di.who, 0, Act::Approve, "").await.unwrap();
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS]);
    story.act(&story.di.who, 1, Act::Reject, "This is no sign.").await.unwrap();
    assert_eq!(story.stands(&story.bo, 1).await, [said::REVIEW_DENIED]);
    story.act(&story.di.who, 2, Act::RequestChanges, "Look again.").await.unwrap();
    assert_eq!(story.stands(&story.bo, 2).await, [said::PENDING]);
    assert_eq!(story.next(&story.bo.who).await, [2]);
    let found = story
        .bench
        .service
        .assignments_of_input(&story.bo.who, &story.app, "signs", "note-02")
        .await
        .unwrap();
    let heard: Vec<_> =
        found[0].1.iter().map(|review| (review.act.as_str(), review.comment.as_str())).collect();
    assert_eq!(heard, [("request_changes", "Look again.")]);
    assert!(!story.act(&story.bo.who, 2, Act::Submit, "").await.unwrap().is_task_done);
    assert!(story.act(&story.di.who, 2, Act::Approve, "").await.unwrap().is_task_done);
    let over = story.act(&story.di.who, 2, Act::Approve, "").await.unwrap_err();
    assert_eq!(over, Error::Conflict("this task is not worked on just now".into()));
}

async fn nobody_reviews_their_own_work(bench: Bench) {
    let story = Story::of(bench, 2).await;
    let both = NewTask {
        reviewers: vec!["bo".into(), "cy".into()],
        ..reviewed(task(&["bo", "cy"], WorkerStrategy::Partitioned), 100)
    };
    story.make(both).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    assert!(story.to_review(&story.bo.who).await.is_empty());
    let own = story.act(&story.bo.who, 0, Act::Approve, "").await.unwrap_err();
    assert_eq!(own, Error::Conflict("you labelled this input yourself: somebody else reviews it".into()));
    assert_eq!(story.to_review(&story.cy.who).await, [("note-00".to_owned(), "bo".to_owned())]);
    let stranger = story.act(&story.di.who, 0, Act::Approve, "").await.unwrap_err();
    assert_eq!(stranger, Error::Conflict("you are not among those who review in this task".into()));
    // Somebody who is at it is not disturbed, until their time is over.
    story.act(&story.cy.who, 0, Act::Review, "").await.unwrap();
    story.act(&story.cy.who, 0, Act::Approve, "").await.unwrap();
    let early = story.act(&story.cy.who, 1, Act::Approve, "").await.unwrap_err();
    assert!(matches!(early, Error::Conflict(_)), "it is their own, and not labelled yet");
}

/// What became of it, and whose it was.
fn restated(annotations: u64, labellers: &[&str]) -> Restated {
    Restated { annotations, labellers: labellers.iter().map(|slug| (*slug).to_owned()).collect() }
}

impl Story {
    async fn restate(
        &self,
        who: &Who,
        labellers: &[&str],
        statuses: &[i64],
        status: i64,
    ) -> Result<Restated> {
        let input = Restate {
            task: "signs".into(),
            labellers: labellers.iter().map(|slug| (*slug).to_owned()).collect(),
            statuses: statuses.to_vec(),
            status,
        };
        self.bench.service.restate_annotations(who, &self.app, &input).await
    }
}

async fn what_waits_is_reviewed_at_once_as_far_as_it_is_the_reviewers_turn(bench: Bench) {
    // More than fit into one transaction.
    let story = Story::of(bench, 105).await;
    let both = NewTask {
        reviewers: vec!["cy".into(), "di".into()],
        ..reviewed(task(&["bo", "cy"], WorkerStrategy::Full), 100)
    };
    story.make(both).await.unwrap();
    let di = &story.di.who;
    assert_eq!(story.restate(di, &[], &[], said::SUCCESS).await, Ok(Restated::default()), "nothing waits");
    let stranger = story.restate(&story.bo.who, &[], &[], said::SUCCESS).await.unwrap_err();
    assert_eq!(stranger, Error::Conflict("you are not among those who review in this task".into()));
    for number in 0..104 {
        story.label(&story.bo.who, number, "stop").await;
    }
    for number in 0..3 {
        story.label(&story.cy.who, number, "yield").await;
    }
    // Handed in without a word: there is no annotation that could stand otherwise.
    story.act(&story.cy.who, 3, Act::Submit, "").await.unwrap();
    // Somebody is at one of them.
    story.act(&story.cy.who, 1, Act::Review, "").await.unwrap();

    let owner = story.restate(&story.ada.who, &[], &[], said::REVIEW_DENIED).await.unwrap_err();
    assert_eq!(owner, Error::Conflict("you are not among those who review in this task".into()));
    for wrong in [said::AWAITING_REVIEW, 10_000, 0] {
        let refused = story.restate(di, &[], &[], wrong).await.unwrap_err();
        assert_eq!(invalid(refused).0, "status_code", "{wrong}");
    }
    assert_eq!(story.restate(di, &[], &[said::PENDING], said::SUCCESS).await, Ok(Restated::default()));
    assert_eq!(story.restate(di, &["nobody"], &[], said::SUCCESS).await, Ok(Restated::default()));

    let denied = story.restate(di, &["cy"], &[said::AWAITING_REVIEW], said::REVIEW_DENIED).await;
    assert_eq!(denied, Ok(restated(3, &["cy"])));
    assert_eq!(story.stands(&story.cy, 0).await, [said::REVIEW_DENIED]);
    assert_eq!(story.stands(&story.bo, 0).await, [said::AWAITING_REVIEW]);
    let approved = story.restate(di, &[], &[], said::SUCCESS).await;
    assert_eq!(approved, Ok(restated(103, &["bo"])), "but the one at which somebody else is");
    assert_eq!(story.stands(&story.bo, 103).await, [said::SUCCESS]);
    assert_eq!(story.stands(&story.bo, 1).await, [said::AWAITING_REVIEW]);
    let own = story.restate(&story.cy.who, &[], &[], said::SUCCESS).await;
    assert_eq!(own, Ok(restated(1, &["bo"])), "nobody reviews their own");
    let left: Vec<_> = story.to_review(di).await.into_iter().collect();
    assert_eq!(left, [("note-03".to_owned(), "cy".to_owned())], "what was handed in without a word");
    let rejected = (Some("cy".to_owned()), AssignmentState::Rejected, 3);
    assert!(story.counts().await.contains(&rejected));
}

async fn several_approve_at_once_and_what_was_given_back_comes_again(bench: Bench) {
    let story = Story::of(bench, 2).await;
    let twice = NewTask {
        review: Review::Manual { percent: 100, approvals: 2 },
        reviewers: vec!["cy".into(), "di".into()],
        ..task(&["bo"], WorkerStrategy::Partitioned)
    };
    story.make(twice).await.unwrap();
    for number in 0..2 {
        story.label(&story.bo.who, number, "stop").await;
    }
    let (cy, di) = (&story.cy.who, &story.di.who);
    assert_eq!(
        story.restate(di, &[], &[], said::SUCCESS).await,
        Ok(Restated::default()),
        "one is not enough"
    );
    assert_eq!(story.restate(di, &[], &[], said::SUCCESS).await, Ok(Restated::default()), "nor is one twice");
    assert_eq!(story.restate(cy, &[], &[], said::PENDING).await, Ok(restated(2, &["bo"])));
    assert_eq!(story.next(&story.bo.who).await, [0, 1], "they are to be labelled again");
    for number in 0..2 {
        story.act(&story.bo.who, number, Act::Submit, "").await.unwrap();
    }
    assert_eq!(story.restate(cy, &[], &[], said::SUCCESS).await, Ok(Restated::default()));
    assert_eq!(story.restate(di, &[], &[], said::SUCCESS).await, Ok(restated(2, &["bo"])));
    assert_eq!(story.task().await.row.status, status::DONE);
    // Whoever may not review one input may not review many.
    let rights = Rights::of(Preset::Reviewer.scopes().minus(ScopeSet::of(&[Scope::TasksGet])));
    give_exactly(&story.bench, &story.ada, &story.app, story.di.id, rights).await;
    let (missing, _) = forbidden(story.restate(di, &[], &[], said::SUCCESS).await.unwrap_err());
    assert!(missing.contains(Scope::TasksGet), "{missing:?}");
}

async fn a_sample_is_reviewed_and_the_rest_counts(bench: Bench) {
    let story = Story::of(bench, 60).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 50)).await.unwrap();
    let (mut reviewed, mut counted) = (0, 0);
    for number in 0..60 {
        let acted = story.act(&story.bo.who, number, Act::Submit, "").await.unwrap();
        match acted.assignments[0].assignment.state {
            AssignmentState::AwaitingReview => reviewed += 1,
            AssignmentState::Done => counted += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!((15..=45).contains(&reviewed) && reviewed + counted == 60, "{reviewed} of 60");
}

async fn those_who_agree_count_without_a_review(bench: Bench) {
    let story = Story::of(bench, 3).await;
    let agreed = NewTask {
        review: Review::Consensus { labellers: 2 },
        reviewers: vec!["di".into()],
        per_input: 2,
        ..task(&["bo", "cy"], WorkerStrategy::Partitioned)
    };
    story.make(agreed).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    assert_eq!(story.stands(&story.bo, 0).await, [said::AWAITING_REVIEW]);
    story.label(&story.cy.who, 0, "stop").await;
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS]);
    assert_eq!(story.stands(&story.cy, 0).await, [said::SUCCESS]);
    story.label(&story.bo.who, 1, "stop").await;
    story.label(&story.cy.who, 1, "yield").await;
    let waiting = story.to_review(&story.di.who).await;
    assert_eq!(waiting, [("note-01".to_owned(), "bo".to_owned()), ("note-01".to_owned(), "cy".to_owned())]);
    // The reviewer says of each what becomes of it.
    for (labeller, act) in [("bo", Act::Approve), ("cy", Act::Reject)] {
        let input = ActOnAssignment {
            task: "signs".into(),
            input: "note-01".into(),
            act,
            labellers: vec![labeller.into()],
            note: String::new(),
        };
        story.bench.service.act_on_assignment(&story.di.who, &story.app, &input).await.unwrap();
    }
    assert_eq!(story.stands(&story.bo, 1).await, [said::SUCCESS]);
    assert_eq!(story.stands(&story.cy, 1).await, [said::REVIEW_DENIED]);
}

async fn how_the_work_goes_on_is_for_those_who_see_the_people(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.make(reviewed(task(&["bo", "cy"], WorkerStrategy::Full), 100)).await.unwrap();
    let progress =
        async || story.bench.service.task_progress(&story.ada.who, &story.app, "signs").await.unwrap().value;
    let before = progress().await;
    assert_eq!(
        before.course.iter().map(|end| (end.over, end.waiting, end.left)).collect::<Vec<_>>(),
        [(0, 0, 8)]
    );
    assert_eq!((before.labellers.len(), before.agreement.inputs), (0, 0));
    story.label(&story.bo.who, 0, "stop").await;
    for number in 1..3 {
        story.label(&story.bo.who, number, "yield").await;
    }
    for (number, concept) in [(0, "stop"), (1, "yield"), (2, "stop")] {
        story.label(&story.cy.who, number, concept).await;
    }
    for (number, act) in [(0, Act::Approve), (1, Act::RequestChanges)] {
        story.act(&story.di.who, number, act, "so").await.unwrap();
    }
    let after = progress().await;
    let ends: Vec<(i64, i64, i64)> =
        after.course.iter().map(|end| (end.over, end.waiting, end.left)).collect();
    assert_eq!(ends.last(), Some(&(2, 2, 4)), "{ends:?}");
    let of =
        |name: &str| after.labellers.iter().find(|one| one.name.to_lowercase().starts_with(name)).unwrap();
    let (bo, cy) = (of("bo"), of("cy"));
    assert_eq!((bo.submitted, bo.days, bo.approved, bo.returned, bo.rejected), (3, 1, 1, 1, 0));
    assert_eq!((cy.submitted, cy.days, cy.approved, cy.returned), (3, 1, 1, 1));
    // What was given back is not said any more; of the rest, both said "stop" of one and differ about the other.
    let counts: Vec<(&str, i64)> =
        after.concepts.iter().map(|(slug, count)| (slug.as_str(), *count)).collect();
    assert_eq!(counts, [("yield", 1), ("stop", 2)]);
    assert_eq!((after.agreement.inputs, after.agreement.pairs.len()), (2, 1));
    assert_eq!(after.agreement.pairs[0].inputs, 2);
    let missing = story.bench.service.task_progress(&story.bo.who, &story.app, "signs").await.unwrap_err();
    assert!(
        matches!(&missing, Error::Forbidden { missing, .. } if missing.contains(Scope::CollaboratorsGet)),
        "{missing:?}"
    );
}

async fn the_history_tells_who_said_what_and_what_became_of_it(bench: Bench) {
    let story = Story::of(bench, 1).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 100)).await.unwrap();
    let service = &story.bench.service;
    let told = async |who: &Who| {
        let found = service.annotation_history(who, &story.app, "note-00", 0, 100).await.unwrap().value;
        let line = |row: atelier_service::annotations::StoodRow| {
            let says = row.labels.concepts.first().map(|label| label.concept.to_string()).unwrap_or_default();
            assert_eq!((row.author.as_str(), row.task.as_deref()), ("Bo", Some("signs")));
            (row.changed_by, says, row.status, row.version.is_none())
        };
        found.into_iter().map(line).collect::<Vec<_>>()
    };
    let by = |who: &str, says: &str, status, is_now| (who.to_owned(), says.to_owned(), status, is_now);
    let bos = |says: &str, status, is_now| by("Bo", says, status, is_now);
    assert!(told(&story.bo.who).await.is_empty(), "nothing was said yet");
    story.act(&story.bo.who, 0, Act::Start, "").await.unwrap();
    let said = story.say(&story.bo.who, 0, "stop").await.unwrap();
    assert_eq!(told(&story.bo.who).await, [bos("stop", said::PENDING, true)]);
    story.bench.clock.advance(1);
    story.act(&story.bo.who, 0, Act::Submit, "").await.unwrap();
    story.bench.clock.advance(1);
    story.act(&story.di.who, 0, Act::RequestChanges, "Look again").await.unwrap();
    story.bench.clock.advance(1);
    // The owner may change anybody's.
    let patch = PatchAnnotation { slug: said, labels: labels("yield"), ..PatchAnnotation::default() };
    let ada = &story.ada.who;
    service.patch_annotations(ada, &story.app, PatchAction::Overwrite, vec![patch], false).await.unwrap();
    assert_eq!(
        told(&story.bo.who).await,
        [
            by("Ada", "yield", said::PENDING, true),
            by("Di", "stop", said::PENDING, false),
            bos("stop", said::AWAITING_REVIEW, false),
            bos("stop", said::PENDING, false),
        ]
    );
    let stranger = story.bench.person("eve").await;
    let refused = service.annotation_history(&stranger.who, &story.app, "note-00", 0, 100).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let none = service.annotation_history(&story.bo.who, &story.app, "note-09", 0, 100).await;
    assert!(matches!(none, Err(Error::NotFound)));
}
