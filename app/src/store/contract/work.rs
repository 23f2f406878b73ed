//! Requests that are done once, and jobs that are done at least once.

use jiff::SignedDuration;
use ulid::Ulid;

use super::{ALL, later, now};
use crate::jobs::JobContent;
use crate::store::{Job, JobState, KnownRequest, Store, StoreError};

contract!(
    a_request_is_known_by_its_caller_and_key,
    of_two_requests_at_once_the_second_waits_for_the_first,
    writes_are_counted,
    a_job_is_sent_begun_and_done,
    two_sweeps_at_once_send_no_job_twice,
);

fn request(caller: &str) -> KnownRequest {
    KnownRequest {
        id: Ulid::generate(),
        caller: caller.to_owned(),
        key: "key-1".parse().expect("a key"),
        fingerprint: [3; 32],
        answer: None,
        created_at: now(),
    }
}

async fn a_request_is_known_by_its_caller_and_key(store: &dyn Store) {
    let (ada, grace) = (request("user:ada"), request("user:grace"));
    let mut transaction = store.begin().await.expect("a transaction");
    for request in [&ada, &grace] {
        transaction.add_request(request).await.expect("added");
    }
    let again = transaction.add_request(&request("user:ada")).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    transaction.answer_request(ada.id, 201, Some("{}"), later()).await.expect("answered");
    transaction.answer_request(grace.id, 201, None, later()).await.expect("answered");
    let known = transaction.request("user:ada", &ada.key).await.expect("readable");
    assert_eq!(known, Some(KnownRequest { answer: Some((201, Some("{}".to_owned()))), ..ada.clone() }));
    let known = transaction.request("user:grace", &ada.key).await.expect("readable");
    assert_eq!(known, Some(KnownRequest { answer: Some((201, None)), ..grace }));
    assert_eq!(transaction.forget_requests(now()).await.expect("forgotten"), 0);
    assert_eq!(transaction.forget_requests(later()).await.expect("forgotten"), 2);
    assert_eq!(transaction.request("user:ada", &ada.key).await.expect("readable"), None);
}

async fn of_two_requests_at_once_the_second_waits_for_the_first(store: &dyn Store) {
    let attempt = async || {
        let mut transaction = store.begin().await.expect("a transaction");
        let mine = request("user:ada");
        match transaction.add_request(&mine).await {
            Ok(()) => {
                transaction.answer_request(mine.id, 201, Some("{}"), later()).await.expect("answered");
                transaction.commit().await.expect("committed");
                true
            }
            Err(StoreError::Conflict) => {
                let known = transaction.request("user:ada", &mine.key).await.expect("readable");
                assert_eq!(known.expect("the first").answer, Some((201, Some("{}".to_owned()))));
                false
            }
            Err(other) => panic!("{other}"),
        }
    };
    let (one, other) = tokio::join!(attempt(), attempt());
    assert!(one != other, "of two at once, one is the first");
}

async fn writes_are_counted(store: &dyn Store) {
    let mut transaction = store.begin().await.expect("a transaction");
    assert_eq!(transaction.write_mark("user:ada").await.expect("readable"), 0);
    for mark in 1..=3 {
        transaction.mark_write("user:ada", now()).await.expect("marked");
        assert_eq!(transaction.write_mark("user:ada").await.expect("readable"), mark);
    }
    assert_eq!(transaction.write_mark("user:grace").await.expect("readable"), 0);
}

fn job() -> Job {
    Job::new(JobContent::SendInvitation { user_id: Ulid::generate() }, now())
}

async fn a_job_is_sent_begun_and_done(store: &dyn Store) {
    let (due, not_due) = (job(), Job { due_at: later(), ..job() });
    let much_later = later() + SignedDuration::from_hours(1);
    let mut transaction = store.begin().await.expect("a transaction");
    for job in [&due, &not_due] {
        transaction.add_job(job).await.expect("added");
    }
    let sent = Job { state: JobState::Sent, due_at: later(), ..due.clone() };
    assert_eq!(transaction.claim_due_jobs(10, now(), later()).await.expect("claimed"), [sent]);
    assert_eq!(transaction.claim_due_jobs(10, now(), later()).await.expect("claimed"), []);
    let again = transaction.claim_due_jobs(10, later(), much_later).await.expect("claimed");
    assert_eq!(again.len(), 2, "what nobody has done in time is sent again");

    let begun = transaction.begin_job(due.id, later(), much_later).await.expect("an answer").expect("it is to be done");
    assert_eq!((begun.state, begun.attempts), (JobState::Running, 1));
    assert_eq!(transaction.begin_job(due.id, later(), much_later).await.expect("an answer"), None, "somebody has it");
    transaction.extend_job(due.id, later(), later()).await.expect("extended");
    let taken = transaction.begin_job(due.id, later(), much_later).await.expect("an answer").expect("it was left");
    assert_eq!(taken.attempts, 2);
    let done = Job { state: JobState::Done, due_at: later(), error: None, ..taken };
    transaction.update_job(&done).await.expect("done");
    assert_eq!(transaction.begin_job(due.id, later(), much_later).await.expect("an answer"), None, "it is done");
    assert_eq!(transaction.jobs_in(JobState::Done, ALL).await.expect("readable"), std::slice::from_ref(&done));
    let failed = Job { state: JobState::Failed, error: Some("a fault".to_owned()), ..not_due.clone() };
    transaction.update_job(&failed).await.expect("failed");
    assert_eq!(transaction.begin_job(not_due.id, later(), much_later).await.expect("an answer"), None);
    assert_eq!(transaction.job(not_due.id).await.expect("readable"), Some(failed));
    assert_eq!(transaction.claim_due_jobs(10, much_later, much_later).await.expect("claimed"), []);
    assert_eq!(transaction.forget_jobs(much_later).await.expect("forgotten"), 1);
    assert_eq!(transaction.job(done.id).await.expect("readable"), None);
}

async fn two_sweeps_at_once_send_no_job_twice(store: &dyn Store) {
    let mut transaction = store.begin().await.expect("a transaction");
    for _ in 0..20 {
        transaction.add_job(&job()).await.expect("added");
    }
    transaction.commit().await.expect("committed");
    let sweep = async || {
        let mut transaction = store.begin().await.expect("a transaction");
        let claimed = transaction.claim_due_jobs(20, now(), later()).await.expect("claimed");
        transaction.commit().await.expect("committed");
        claimed.len()
    };
    let (one, other) = tokio::join!(sweep(), sweep());
    assert_eq!(one + other, 20);
}
