//! Jobs from the transaction that writes them to what reaches people, over a store and a queue in memory and real HTTP.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing};
use ops_engine::clock::Clock;
use serde_json::Value;

use super::*;
use crate::configuration::Rates;
use crate::identity::{AccessTokens, Hasher};
use crate::jobs::{JobContent, Notice, NoticeEvent, PagerDuty, Slack, Webhook, WebhookSecret};
use crate::outbox::sweep;
use crate::queue::MemoryQueue;
use crate::rate_limits::RateLimits;
use crate::store::{MemoryStore, Page};

/// A clock that a test sets.
struct SetClock(Mutex<Timestamp>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What takes notices: it answers as it is told, and keeps what it took.
#[derive(Default)]
struct Receiver {
    status: AtomicU16,
    taken: Mutex<Vec<(HeaderMap, Value)>>,
}

impl Receiver {
    async fn take(State(receiver): State<Arc<Self>>, headers: HeaderMap, Json(body): Json<Value>) -> StatusCode {
        receiver.taken.lock().unwrap_or_else(PoisonError::into_inner).push((headers, body));
        StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).expect("a status")
    }

    fn answer(&self, status: StatusCode) {
        self.status.store(status.as_u16(), Ordering::SeqCst);
    }

    fn taken(&self) -> Vec<(HeaderMap, Value)> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Fixture {
    worker: Worker,
    queue: MemoryQueue,
    clock: Arc<SetClock>,
    receiver: Arc<Receiver>,
}

impl Fixture {
    async fn start(make: fn(reqwest::Url) -> Deliveries) -> Self {
        let receiver = Arc::new(Receiver::default());
        receiver.answer(StatusCode::OK);
        let router = Router::new().route("/hook", routing::post(Receiver::take)).with_state(Arc::clone(&receiver));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address")).parse().expect("a URL");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let clock = Arc::new(SetClock(Mutex::new(Timestamp::from_second(1_700_000_000).expect("a moment"))));
        let queue = MemoryQueue::default();
        let control_plane = ControlPlane {
            store: Arc::new(MemoryStore::default()),
            access_tokens: AccessTokens::throwaway(),
            hasher: Hasher::new(1).expect("a hasher"),
            files: None,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            limits: RateLimits::new(Rates::default()),
            job_written: Arc::default(),
        };
        let worker = Worker { control_plane, queue: Arc::new(queue.clone()), deliveries: Arc::new(make(url)) };
        Self { worker, queue, clock, receiver }
    }

    fn pass(&self, time: SignedDuration) {
        *self.clock.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    async fn announce(&self, event: NoticeEvent) {
        let now = self.worker.control_plane.now();
        let notice = Notice {
            event,
            environment: "prod".to_owned(),
            title: "prod: 0123456789ab <failed>".to_owned(),
            text: "api: the tasks crash & burn".to_owned(),
            subject: "deployment:1".to_owned(),
            at: now,
        };
        let mut transaction = self.worker.control_plane.store.begin().await.expect("a transaction");
        transaction.add_job(&Job::new(JobContent::Announce { notice }, now)).await.expect("written");
        transaction.commit().await.expect("committed");
    }

    /// Sends what is due and does what is in the queue, until neither has anything left.
    async fn settle(&self) {
        loop {
            let sent = sweep(&self.worker.control_plane, &self.queue).await.expect("sent");
            let received = self.queue.receive(Duration::ZERO, LEASE).await.expect("received");
            if sent == 0 && received.is_empty() {
                return;
            }
            for message in received {
                self.worker.handle(message).await;
            }
        }
    }

    async fn jobs_in(&self, state: JobState) -> Vec<Job> {
        let mut transaction = self.worker.control_plane.store.begin().await.expect("a transaction");
        transaction.jobs_in(state, Page::ALL).await.expect("readable")
    }
}

fn webhook(url: reqwest::Url) -> Deliveries {
    let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    Deliveries { webhook: Some(Webhook::new(url, secret, reqwest::Client::new())), ..Deliveries::default() }
}

fn slack_and_pager_duty(url: reqwest::Url) -> Deliveries {
    let client = reqwest::Client::new();
    Deliveries {
        slack: Some(Slack::new(url.clone(), client.clone())),
        pager_duty: Some(PagerDuty::new(url, "r".repeat(32), client)),
        ..Deliveries::default()
    }
}

#[tokio::test]
async fn a_notice_reaches_every_channel_once() {
    let fixture = Fixture::start(slack_and_pager_duty).await;
    fixture.announce(NoticeEvent::DeploymentFailed).await;
    fixture.settle().await;
    fixture.settle().await;
    let taken = fixture.receiver.taken();
    let paged = taken.iter().map(|(_, body)| body).find(|body| body["event_action"] == "trigger").expect("a page");
    assert_eq!(paged["dedup_key"], "slipway/prod");
    assert_eq!(paged["payload"]["summary"], "prod: 0123456789ab <failed>");
    let told = taken.iter().map(|(_, body)| body).find(|body| body["blocks"].is_array()).expect("a message");
    assert_eq!(told["blocks"][0]["text"]["text"], ":rotating_light: *prod: 0123456789ab &lt;failed&gt;*");
    assert_eq!(told["blocks"][1]["text"]["text"], "api: the tasks crash &amp; burn");
    assert_eq!(taken.len(), 2);
    assert_eq!((fixture.jobs_in(JobState::Done).await.len(), fixture.queue.len()), (3, 0));

    fixture.announce(NoticeEvent::FreezeBegun).await;
    fixture.settle().await;
    assert_eq!(fixture.receiver.taken().len(), 3, "nobody is woken for a freeze");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_later_and_later() {
    let fixture = Fixture::start(webhook).await;
    fixture.receiver.answer(StatusCode::SERVICE_UNAVAILABLE);
    fixture.announce(NoticeEvent::DeploymentFailed).await;
    fixture.settle().await;
    for attempt in 1..ATTEMPTS {
        assert_eq!(fixture.receiver.taken().len(), attempt as usize);
        let waiting = fixture.jobs_in(JobState::Waiting).await;
        assert_eq!(waiting[0].error.as_deref(), Some("it answered 503 Service Unavailable"));
        let delay = fixture.worker.control_plane.now().duration_until(waiting[0].due_at);
        assert!(delay > SignedDuration::from_secs(3) && delay < SignedDuration::from_mins(20), "{delay}");
        fixture.settle().await;
        assert_eq!(fixture.receiver.taken().len(), attempt as usize, "not before it is due");
        fixture.pass(delay);
        fixture.settle().await;
    }
    let failed = fixture.jobs_in(JobState::Failed).await;
    assert_eq!(failed.iter().map(|job| job.attempts).collect::<Vec<_>>(), [ATTEMPTS]);
    let taken = fixture.receiver.taken();
    let ids: std::collections::HashSet<_> = taken.iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert_eq!((taken.len(), ids.len()), (ATTEMPTS as usize, 1), "whoever receives it can drop the others");
    assert_eq!(taken[0].1["type"], "deployment_failed");
}

#[tokio::test]
async fn what_will_not_pass_waits_for_a_person() {
    let fixture = Fixture::start(webhook).await;
    fixture.receiver.answer(StatusCode::GONE);
    fixture.announce(NoticeEvent::DeploymentFailed).await;
    fixture.settle().await;
    fixture.pass(SignedDuration::from_hours(24));
    fixture.settle().await;
    assert_eq!(fixture.receiver.taken().len(), 1);
    assert_eq!(fixture.jobs_in(JobState::Failed).await[0].error.as_deref(), Some("it answered 410 Gone"));
}

#[tokio::test]
async fn a_job_without_its_channel_says_what_is_missing() {
    let fixture = Fixture::start(|_| Deliveries::default()).await;
    let now = fixture.worker.control_plane.now();
    let job = Job::new(JobContent::SendInvitation { user_id: Ulid::generate() }, now);
    let mut transaction = fixture.worker.control_plane.store.begin().await.expect("a transaction");
    transaction.add_job(&job).await.expect("written");
    transaction.commit().await.expect("committed");
    fixture.settle().await;
    let failed = fixture.jobs_in(JobState::Failed).await;
    assert_eq!(failed[0].error.as_deref(), Some("SLIPWAY_SMTP_URL is not set: set it, then retry"));
}

#[tokio::test]
async fn while_the_queue_is_away_jobs_wait_and_none_is_lost() {
    let fixture = Fixture::start(webhook).await;
    fixture.queue.cut_off(true);
    for _ in 0..3 {
        fixture.announce(NoticeEvent::DeploymentFailed).await;
        sweep(&fixture.worker.control_plane, &fixture.queue).await.expect_err("the queue is away");
    }
    fixture.queue.cut_off(false);
    fixture.settle().await;
    assert_eq!(fixture.receiver.taken().len(), 3);
}

#[tokio::test]
async fn a_job_whose_worker_was_killed_is_begun_again_when_its_lease_is_over() {
    let fixture = Fixture::start(webhook).await;
    fixture.announce(NoticeEvent::DeploymentFailed).await;
    sweep(&fixture.worker.control_plane, &fixture.queue).await.expect("sent");
    let received = fixture.queue.receive(Duration::ZERO, LEASE).await.expect("received");
    // As a worker that is killed after this: it has begun the job, and says nothing more.
    let begun = fixture.worker.begin(received[0].job.expect("ours")).await.expect("begun");
    assert!(begun.is_some());
    fixture.queue.give_back();
    fixture.settle().await;
    assert_eq!(fixture.jobs_in(JobState::Running).await.len(), 1, "somebody may still be at work");
    fixture.pass(SignedDuration::from_secs(61));
    fixture.settle().await;
    assert_eq!(fixture.receiver.taken().len(), 1);
    assert_eq!(fixture.jobs_in(JobState::Running).await, []);
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up() {
    let fixture = Fixture::start(webhook).await;
    fixture.announce(NoticeEvent::DeploymentFailed).await;
    sweep(&fixture.worker.control_plane, &fixture.queue).await.expect("sent");
    let id = fixture.queue.receive(Duration::ZERO, LEASE).await.expect("received")[0].job.expect("ours");
    for _ in 0..ATTEMPTS {
        assert!(fixture.worker.begin(id).await.expect("an answer").is_some());
        fixture.pass(SignedDuration::from_secs(61));
    }
    fixture.settle().await;
    let failed = fixture.jobs_in(JobState::Failed).await;
    assert_eq!(failed[0].error.as_deref(), Some("it was begun again and again, and never ended"));
}
