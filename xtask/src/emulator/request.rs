//! Single requests to the emulator, where a whole SDK would be too much.

use std::error::Error;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{Response, header};
use ureq::{Agent, Body};

use super::Emulator;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const REGION: &str = "ap-northeast-2";

/// Who asks, for a service of AWS. The emulator looks at the name and not at the arithmetic.
fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Any status is an answer.
fn agent() -> Agent {
    Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into()
}

impl Emulator {
    /// Makes a bucket in the region of the requests.
    ///
    /// # Errors
    /// When the emulator does not answer. Any status is an answer; the same for all below.
    pub fn create_bucket(&self, bucket: &str) -> Result<Response<Body>, ureq::Error> {
        agent()
            .put(format!("{}/{bucket}", self.endpoint()))
            .header(header::AUTHORIZATION, authorization("s3"))
            .send(format!(
                "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
            ))
    }

    /// Puts an object into a bucket.
    pub fn put_object(&self, bucket: &str, key: &str, content: &str) -> Result<Response<Body>, ureq::Error> {
        agent()
            .put(format!("{}/{bucket}/{key}", self.endpoint()))
            .header(header::AUTHORIZATION, authorization("s3"))
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .send(content)
    }

    /// Reads an object as the account's own credentials do.
    pub fn get_object(&self, bucket: &str, key: &str) -> Result<Response<Body>, ureq::Error> {
        agent()
            .get(format!("{}/{bucket}/{key}", self.endpoint()))
            .header(header::AUTHORIZATION, authorization("s3"))
            .call()
    }

    /// The platform contract of an environment, from the ops bucket that this repository's declarations name.
    ///
    /// # Errors
    /// When the emulator does not answer, or not with JSON.
    pub fn platform_contract(&self, environment: &str) -> Result<Value, Box<dyn Error>> {
        let mut answer = self.get_object(&format!("slipway-{environment}-ops-000000000000"), "platform.json")?;
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }

    /// Reads an object as anybody on the internet does.
    pub fn get_object_anonymously(&self, bucket: &str, key: &str) -> Result<Response<Body>, ureq::Error> {
        agent().get(format!("{}/{bucket}/{key}", self.endpoint())).call()
    }

    /// Asks a distribution over HTTPS, as a browser does.
    pub fn get_from_distribution(&self, domain_name: &str, path: &str) -> Result<Response<Body>, ureq::Error> {
        agent()
            .get(format!("{}/{path}", self.endpoint()))
            .header(header::HOST, domain_name)
            .header("X-Forwarded-Proto", "https")
            .call()
    }

    /// Calls a service that takes JSON; `target` is the operation with its prefix, as in `X-Amz-Target`.
    ///
    /// # Errors
    /// When the emulator does not answer, or not with JSON.
    pub fn json_call(&self, service: &str, target: &str, input: &Value) -> Result<Value, Box<dyn Error>> {
        let request = agent().post(self.endpoint()).header(header::AUTHORIZATION, authorization(service));
        let request = request.header(header::CONTENT_TYPE, "application/x-amz-json-1.1");
        let mut answer = request.header("X-Amz-Target", target).send(input.to_string())?;
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }

    /// Calls an action of EC2.
    pub fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Response<Body>, ureq::Error> {
        self.call_action("ec2", "2016-11-15", action, parameters)
    }

    /// Calls an action of Elastic Load Balancing.
    pub fn elastic_load_balancing(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Response<Body>, ureq::Error> {
        self.call_action("elasticloadbalancing", "2015-12-01", action, parameters)
    }

    /// Calls an action of a service that takes forms (AWS's query protocol).
    fn call_action(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Response<Body>, ureq::Error> {
        let form = [("Action", action), ("Version", version)].into_iter().chain(parameters.iter().copied());
        agent().post(self.endpoint()).header(header::AUTHORIZATION, authorization(service)).send_form(form)
    }
}
