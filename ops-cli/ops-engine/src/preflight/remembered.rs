use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::cloud::{AlarmState, CloudError, Preflight, Role};

/// Asks AWS once, for as long as one command runs. States of alarms change too quickly for that.
pub struct RememberedPreflight {
    asked: Arc<dyn Preflight>,
    images: Answers<String, Option<Vec<String>>>,
    roles: Answers<String, Option<Role>>,
    quotas: Answers<(String, String), Option<f64>>,
}

type Answers<Question, Answer> = Mutex<BTreeMap<Question, Answer>>;

impl RememberedPreflight {
    /// Remembers what `asked` answers.
    #[must_use]
    pub fn of(asked: &Arc<dyn Preflight>) -> Arc<dyn Preflight> {
        let asked = Arc::clone(asked);
        Arc::new(Self { asked, images: Mutex::default(), roles: Mutex::default(), quotas: Mutex::default() })
    }
}

/// Held while AWS is asked, so that two who ask at once ask once. Errors are not remembered.
async fn once<Question: Ord, Answer: Clone>(
    answers: &Answers<Question, Answer>,
    question: Question,
    ask: impl Future<Output = Result<Answer, CloudError>> + Send,
) -> Result<Answer, CloudError> {
    let mut answers = answers.lock().await;
    if let Some(answer) = answers.get(&question) {
        return Ok(answer.clone());
    }
    let answer = ask.await?;
    answers.insert(question, answer.clone());
    Ok(answer)
}

#[async_trait]
impl Preflight for RememberedPreflight {
    async fn image_platforms(&self, image: &str) -> Result<Option<Vec<String>>, CloudError> {
        once(&self.images, image.to_owned(), self.asked.image_platforms(image)).await
    }

    async fn role(&self, arn: &str) -> Result<Option<Role>, CloudError> {
        once(&self.roles, arn.to_owned(), self.asked.role(arn)).await
    }

    async fn simulate(
        &self,
        role_arn: &str,
        requests: &[(String, String)],
    ) -> Result<BTreeMap<(String, String), bool>, CloudError> {
        self.asked.simulate(role_arn, requests).await
    }

    async fn alarms(&self, names: &[String]) -> Result<BTreeMap<String, AlarmState>, CloudError> {
        self.asked.alarms(names).await
    }

    async fn quota(&self, service: &str, code: &str) -> Result<Option<f64>, CloudError> {
        let question = (service.to_owned(), code.to_owned());
        once(&self.quotas, question, self.asked.quota(service, code)).await
    }
}
