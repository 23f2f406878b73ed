//! What changes something: a transaction with its entry in the audit log and its mark, done once however often it is sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Notify;
use ulid::Ulid;

use crate::api::caller::{Caller, identity};
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::{KnownRequest, NewAuditEvent, StoreError, Transaction};
use crate::text::RequestKey;

/// The header `Idempotency-Key`, where there is one.
pub(crate) struct IdempotencyKey(Option<RequestKey>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().and_then(|text| text.parse().ok());
        let unfit = "Idempotency-Key has to be 1 to 64 letters, digits, _ or -";
        key.map(|key| Self(Some(key))).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, unfit))
    }
}

/// A change that has begun.
pub(crate) struct Write {
    pub(crate) transaction: Box<dyn Transaction>,
    pub(crate) now: Timestamp,
    actor: String,
    request: Option<Ulid>,
    job_written: Arc<Notify>,
}

/// Whether a request comes for the first time.
pub(crate) enum Attempt {
    First(Box<Write>),
    /// It was done before: this was the answer.
    Again(Response),
}

impl ControlPlane {
    pub(crate) async fn write(&self, caller: &Caller) -> Result<Write, Problem> {
        self.write_as(caller.actor()).await
    }

    /// For somebody who is not known, or not yet.
    pub(crate) async fn write_as(&self, actor: String) -> Result<Write, Problem> {
        let transaction = self.store.begin().await?;
        Ok(Write { transaction, now: self.now(), actor, request: None, job_written: Arc::clone(&self.job_written) })
    }

    /// `fingerprint`: of the request. A key that comes with another one is refused.
    pub(crate) async fn write_once(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        fingerprint: [u8; 32],
    ) -> Result<Attempt, Problem> {
        let mut write = self.write(caller).await?;
        let Some(key) = key.0 else { return Ok(Attempt::First(Box::new(write))) };
        let request = KnownRequest {
            id: Ulid::generate(),
            caller: write.actor.clone(),
            key,
            fingerprint,
            answer: None,
            created_at: write.now,
        };
        match write.transaction.add_request(&request).await {
            Ok(()) => write.request = Some(request.id),
            Err(StoreError::Conflict) => return write.answered_before(&request).await.map(Attempt::Again),
            Err(other) => return Err(other.into()),
        }
        Ok(Attempt::First(Box::new(write)))
    }
}

impl Write {
    async fn answered_before(&mut self, request: &KnownRequest) -> Result<Response, Problem> {
        let known = self.transaction.request(&request.caller, &request.key).await?;
        match known {
            Some(known) if known.fingerprint != request.fingerprint => {
                Err(Problem::conflict("another request came with this Idempotency-Key before"))
            }
            Some(KnownRequest { answer: Some((status, Some(body))), .. }) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                let json = HeaderValue::from_static("application/json");
                Ok((status, [(header::CONTENT_TYPE, json)], body).into_response())
            }
            _ => Err(Problem::conflict("this was done before; its answer held a secret, which is shown once")),
        }
    }

    /// Says in the audit log that it is done.
    pub(crate) async fn audit(
        &mut self,
        action: &str,
        subject: String,
        environment: Option<&str>,
        reason: Option<&str>,
    ) -> Result<(), Problem> {
        let event = NewAuditEvent {
            actor: self.actor.clone(),
            action: action.to_owned(),
            subject,
            environment: environment.map(str::to_owned),
            reason: reason.map(str::to_owned),
        };
        Ok(self.transaction.append_audit_event(event, self.now).await?)
    }

    pub(crate) async fn commit(mut self) -> Result<(), Problem> {
        self.transaction.mark_write(identity(&self.actor), self.now).await?;
        self.transaction.commit().await?;
        self.job_written.notify_one();
        Ok(())
    }

    /// Commits, and tells what was made; the same again when it is asked again.
    pub(crate) async fn created<T: Serialize>(mut self: Box<Self>, body: &T) -> Result<Response, Problem> {
        if let Some(request) = self.request {
            let text = serde_json::to_string(body).map_err(|error| Problem::internal(&error))?;
            self.transaction.answer_request(request, StatusCode::CREATED.as_u16(), Some(&text), self.now).await?;
        }
        self.commit().await?;
        Ok((StatusCode::CREATED, Json(body)).into_response())
    }

    /// The same with something that is told once and kept nowhere.
    pub(crate) async fn created_secret<T: Serialize>(mut self: Box<Self>, body: &T) -> Result<Response, Problem> {
        if let Some(request) = self.request {
            self.transaction.answer_request(request, StatusCode::CREATED.as_u16(), None, self.now).await?;
        }
        self.commit().await?;
        Ok((StatusCode::CREATED, Json(body)).into_response())
    }
}
