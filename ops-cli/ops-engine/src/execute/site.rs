//! A site: everything is uploaded beside what is served, then the files that people see are put into place within seconds,
//! then the edges forget the old ones. A process that comes after a killed one goes on where it was.

mod objects;
mod stop;

use std::time::Duration;

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, Kind, SiteAct, SiteWork};
use ops_model::site::{CURRENT_KEY, CurrentBuild, ObjectHeaders, SiteBuild, SiteState, build_key};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use self::stop::Stop;
use super::{Execution, refused, verdict};
use crate::cloud::{CloudError, CloudErrorKind, Content, Overwrite, Upload, WriteCondition};
use crate::error_chain::error_chain;
use crate::event::{Event, SiteStep};
use crate::pace::{Pace, Wait, persistently};

/// S3 says to the second when an object was written. What ops wrote has to be older than the note of it, so that
/// whatever is as young was somebody else's.
const CLOCK_STEP: Duration = Duration::from_millis(1100);

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &SiteAct,
) -> Result<ChangeOutcome, CloudError> {
    let (SiteAct::Publish(work) | SiteAct::Repair(work)) = act;
    let publication = Publication { execution, change, work };
    let done = publication.run().await;
    Ok(match done {
        Ok(()) => verdict(Kind::Site, &change.name, Outcome::Succeeded, None),
        Err(Stop::Cloud(error)) => refused(Kind::Site, &change.name, &error),
        Err(Stop::Bundle(error)) => verdict(Kind::Site, &change.name, Outcome::Failed, Some(error_chain(&error))),
        Err(Stop::Interrupted(what)) => {
            verdict(Kind::Site, &change.name, Outcome::Interrupted, Some(format!("interrupted {what}")))
        }
        Err(Stop::TimedOut(what)) => verdict(Kind::Site, &change.name, Outcome::TimedOut, Some(what.to_owned())),
    })
}

struct Publication<'a> {
    execution: &'a Execution<'a>,
    change: &'a Change,
    work: &'a SiteWork,
}

impl Publication<'_> {
    async fn run(&self) -> Result<(), Stop> {
        let SiteWork {
            bucket,
            distribution_id: _,
            current_entity_tag,
            uploads,
            manifest,
            build,
            kept,
            since,
            invalidation,
            changed_manifest,
            copies,
            deletions,
            invalidate,
            removals,
            entity_tags,
        } = self.work;
        let now = self.execution.clock.now();
        let mut note = Note { publication: self, entity_tag: current_entity_tag.clone() };
        if note.entity_tag.is_none() {
            // From here on what lies in the bucket is known to be ours.
            note.write(&CurrentBuild::nothing(now)).await?;
        }
        let mut current = CurrentBuild {
            version: CurrentBuild::VERSION,
            build: Some(build.clone()),
            since: since.unwrap_or(now),
            kept: kept.clone(),
            state: SiteState::Flipping { invalidate: invalidate.clone() },
            entity_tags: entity_tags.clone(),
        };
        current.entity_tags.extend(self.upload(bucket, uploads).await?);
        if let Some(manifest) = manifest {
            self.write_manifest(bucket, manifest).await?;
        }
        let mut written = Instant::now();
        let id = match invalidation {
            Some(id) => Some(id.clone()),
            None => {
                self.not_interrupted("before anything that is served was changed")?;
                note.write(&current).await?;
                if let Some(manifest) = changed_manifest {
                    self.write_manifest(bucket, manifest).await?;
                }
                // Whoever asks us to stop now waits for seconds rather than leave half a build.
                for batch in copies {
                    current.entity_tags.extend(self.copy(bucket, batch).await?);
                }
                written = Instant::now();
                self.delete(bucket, deletions, SiteStep::Flipping).await?;
                self.start_invalidation(&current).await?
            }
        };
        if let Some(id) = id {
            if invalidation.is_none() {
                current.state = SiteState::Invalidating { id: id.clone(), invalidate: invalidate.clone() };
                note.write(&current).await?;
            }
            self.invalidated(&id).await?;
        }
        self.delete(bucket, removals, SiteStep::Tidying).await?;
        tokio::time::sleep_until(written + CLOCK_STEP).await;
        current.state = SiteState::Live;
        note.write(&current).await
    }

    async fn start_invalidation(&self, current: &CurrentBuild) -> Result<Option<String>, Stop> {
        let SiteWork { distribution_id, invalidate, .. } = self.work;
        if invalidate.is_empty() {
            return Ok(None);
        }
        let reference = current.caller_reference();
        let distributions = &self.execution.cloud.distributions;
        let start = async || distributions.invalidate(distribution_id, &reference, invalidate).await;
        Ok(Some(persistently(&self.execution.cancelled, start).await?))
    }

    /// Waits until every edge has forgotten.
    async fn invalidated(&self, id: &str) -> Result<(), Stop> {
        self.tell(SiteStep::Invalidating, 0, self.work.invalidate.len());
        let Execution { cloud, cancelled, .. } = self.execution;
        let mut pace = Pace::new(Duration::from_secs(self.change.timeout_seconds.into()), cancelled);
        loop {
            match cloud.distributions.is_invalidated(&self.work.distribution_id, id).await {
                Ok(true) => return Ok(()),
                Ok(false) => pace.read_succeeded(),
                Err(error) if pace.read_failed() || !error.is_passing() => return Err(error.into()),
                Err(_) => {}
            }
            match pace.wait().await {
                Wait::Again => {}
                Wait::DeadlinePassed => {
                    return Err(Stop::TimedOut(
                        "every file is in place, but not all edges have forgotten the old ones",
                    ));
                }
                Wait::Cancelled => return Err(Stop::Interrupted("while the edges forgot the old files")),
            }
        }
    }

    async fn write_manifest(&self, bucket: &str, manifest: &SiteBuild) -> Result<(), Stop> {
        let key = build_key(&manifest.digest);
        let body = json(&key, manifest)?;
        let sha256 = ops_model::bundle::hexadecimal(&Sha256::digest(&body));
        let headers = ObjectHeaders {
            content_type: "application/json".to_owned(),
            cache_control: "no-store".to_owned(),
            ..ObjectHeaders::default()
        };
        let upload = Upload {
            bucket,
            key: &key,
            content: Content::Bytes(body),
            sha256: &sha256,
            headers: &headers,
            overwrite: Overwrite::Allowed,
        };
        let write = async || self.execution.cloud.site_objects.upload(&upload).await;
        persistently(&self.execution.cancelled, write).await?;
        Ok(())
    }

    fn not_interrupted(&self, what: &'static str) -> Result<(), Stop> {
        if self.execution.cancelled.is_cancelled() { Err(Stop::Interrupted(what)) } else { Ok(()) }
    }

    fn tell(&self, step: SiteStep, done: usize, of: usize) {
        let site = self.change.name.clone();
        self.execution.events.send(Event::SiteProgress { site, step, done, of });
    }
}

/// The document that says what is served. Nobody but us has changed it since we looked, or the write fails.
struct Note<'a> {
    publication: &'a Publication<'a>,
    entity_tag: Option<String>,
}

impl Note<'_> {
    async fn write(&mut self, current: &CurrentBuild) -> Result<(), Stop> {
        let condition = match self.entity_tag.take() {
            Some(entity_tag) => WriteCondition::Unchanged { entity_tag },
            None => WriteCondition::Absent,
        };
        let Publication { execution, work, .. } = self.publication;
        let body = json(CURRENT_KEY, current)?;
        let put = execution.cloud.objects.put(&work.bucket, CURRENT_KEY, body, condition).await;
        self.entity_tag = Some(put?);
        Ok(())
    }
}

fn json(key: &str, document: &impl Serialize) -> Result<Vec<u8>, CloudError> {
    serde_json::to_vec(document).map_err(|error| CloudError {
        source: Some(Box::new(error)),
        ..CloudError::new("s3:PutObject", CloudErrorKind::Refused { code: None }, format!("{key} cannot be written"))
    })
}
