//! What the environment variables say, read once and checked whole.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SLIPWAY_LISTEN` | address and port to listen on | `0.0.0.0:8080` |
//! | `SLIPWAY_VERSION` | version of the build; the image sets it | none |
//! | `SLIPWAY_COMMIT` | source commit, 40 hexadecimal digits; the image sets it | none |
//! | `SLIPWAY_ENVIRONMENT` | name of the environment, for example `dev` | none |
//! | `SLIPWAY_DRAIN_SECONDS` | how long requests are still accepted after SIGTERM | 1 |
//! | `SLIPWAY_FINISH_SECONDS` | how long requests in flight may take after that | 20 |
//! | `SLIPWAY_METRICS_LISTEN` | address and port to answer Prometheus on, `/metrics`; or `off` | `0.0.0.0:9090` |
//! | `SLIPWAY_CORS_ORIGINS` | origins whose pages may ask, exact, with commas between them | none |
//! | `SLIPWAY_TRUSTED_PROXIES` | how many proxies stand in front; so many addresses of `X-Forwarded-For` are believed | 0 |
//! | `SLIPWAY_ADDRESS_RATE` | requests a minute from one address without an access token | 600 |
//! | `SLIPWAY_IDENTITY_RATE` | requests a minute by one user or token | 1200 |
//! | `SLIPWAY_LOGIN_RATE` | attempts a minute with a password, from one address and for one account | 10 |
//! | `SLIPWAY_HEAD_SECONDS` | how long a connection may be idle and a request's head take, together | 75 |
//! | `SLIPWAY_BODY_SECONDS` | how long a request's body may take | 10 |
//! | `SLIPWAY_REQUEST_SECONDS` | how long the whole of a request may take | 30 |
//! | `SLIPWAY_LOG` | what is logged, as a `tracing` filter | `info` |
//! | `SLIPWAY_DATABASE_URL` | `mysql://user:password@host:port/name`; without it there is no `/v1` | none |
//! | `SLIPWAY_DATABASE_REPLICA_URL` | the same, of a replica for reads that may be some seconds old | the database |
//! | `SLIPWAY_SIGNING_KEYS` | Ed25519 private keys in PEM, the one to sign with first; with a database | none |
//! | `SLIPWAY_QUEUE_URL` | URL of the SQS queue of jobs; `serve` without it leaves sending to the worker | none |
//! | `SLIPWAY_UPLOADS_BUCKET` | S3 bucket that clients bring files to; without it there are no uploads | none |
//! | `SLIPWAY_UPLOADS_URL` | URL of the CloudFront distribution that they are read through; with the one before | none |
//! | `SLIPWAY_SMTP_URL` | where mails are handed in: `smtps://USER:PASSWORD@HOST:PORT` | none |
//! | `SLIPWAY_MAIL_FROM` | who mails are from; with the one before | none |
//! | `SLIPWAY_MAIL_TO` | who is mailed notices, with commas between them | nobody |
//! | `SLIPWAY_PUBLIC_URL` | URL of the console, for links in mails | none |
//! | `SLIPWAY_SLACK_WEBHOOK_URL` | incoming webhook of a Slack channel for notices | none |
//! | `SLIPWAY_WEBHOOK_URL` | where notices are posted to | none |
//! | `SLIPWAY_WEBHOOK_SECRET` | key they are signed with, `whsec_…` (Standard Webhooks); with the one before | none |
//! | `SLIPWAY_PAGERDUTY_ROUTING_KEY` | integration key of a PagerDuty service that failures go to | none |
//! | `SLIPWAY_PAGERDUTY_URL` | where PagerDuty takes events | `https://events.pagerduty.com/v2/enqueue` |
//!
//! AWS is reached as the SDK's own variables say (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials). Traces go to the collector
//! that `OTEL_EXPORTER_OTLP_ENDPOINT` names, and nowhere without it; OpenTelemetry's other variables hold, too.

mod delivery;
mod http;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::identity::AccessTokens;
use crate::logs;
use crate::store::DatabaseUrl;

pub(crate) use delivery::Delivery;
pub(crate) use http::{Http, Rates, Times};

/// ECS sends SIGKILL 30 s after SIGTERM unless told otherwise: drain and finish together stay below that.
const DRAIN: Duration = Duration::from_secs(1);
const FINISH: Duration = Duration::from_secs(20);
/// Environments of one person's machine, and of tests.
const LOCAL: [&str; 2] = ["local", "test"];
/// Fargate's upper bound of `stopTimeout`.
const LONGEST: u64 = 120;

#[derive(Clone)]
pub(crate) struct Configuration {
    pub(crate) listen: SocketAddr,
    pub(crate) version: String,
    pub(crate) commit: String,
    pub(crate) environment: String,
    pub(crate) drain: Duration,
    pub(crate) finish: Duration,
    pub(crate) log: EnvFilter,
    pub(crate) database: Option<DatabaseUrl>,
    pub(crate) replica: Option<DatabaseUrl>,
    pub(crate) access_tokens: Option<AccessTokens>,
    pub(crate) queue_url: Option<String>,
    /// The bucket that files are brought to, and the URL that they are read below.
    pub(crate) uploads: Option<(String, String)>,
    pub(crate) delivery: Delivery,
    pub(crate) http: Http,
}

/// Every fault of the environment variables, so that one start is enough to learn them all.
#[derive(Debug, thiserror::Error)]
#[error("the environment variables have {} fault(s)", faults.len())]
pub(crate) struct Refused {
    pub(crate) faults: Vec<Fault>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{variable} {wrong}")]
pub(crate) struct Fault {
    pub(crate) variable: &'static str,
    wrong: String,
}

impl Configuration {
    /// The one place of this binary that reads the environment.
    pub(crate) fn from_environment() -> Result<Self, Refused> {
        Self::from_variables(std::env::vars_os())
    }

    fn from_variables(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, Refused> {
        let mut reader = Reader { variables: variables.into_iter().collect(), faults: Vec::new() };
        let listen = reader.optional("SLIPWAY_LISTEN", listen);
        let version = reader.required("SLIPWAY_VERSION", version);
        let commit = reader.required("SLIPWAY_COMMIT", commit);
        let environment = reader.required("SLIPWAY_ENVIRONMENT", environment);
        let drain = reader.optional("SLIPWAY_DRAIN_SECONDS", seconds);
        let finish = reader.optional("SLIPWAY_FINISH_SECONDS", seconds);
        let log = reader.optional("SLIPWAY_LOG", filter);
        let database = reader.secret("SLIPWAY_DATABASE_URL", database_url);
        let replica = reader.secret("SLIPWAY_DATABASE_REPLICA_URL", database_url);
        if environment.as_deref().is_some_and(|name| LOCAL.contains(&name)) {
            reader.must_be_here("SLIPWAY_DATABASE_URL", database.as_ref());
            reader.must_be_here("SLIPWAY_DATABASE_REPLICA_URL", replica.as_ref());
        }
        let access_tokens = reader.secret("SLIPWAY_SIGNING_KEYS", signing_keys);
        if database.is_some() && access_tokens.is_none() {
            reader.missing("SLIPWAY_SIGNING_KEYS");
        }
        let queue_url = reader.optional("SLIPWAY_QUEUE_URL", queue_url);
        let bucket = reader.optional("SLIPWAY_UPLOADS_BUCKET", bucket);
        let uploads_url = reader.optional("SLIPWAY_UPLOADS_URL", web_url);
        if bucket.is_some() {
            reader.missing("SLIPWAY_UPLOADS_URL");
        }
        let delivery = Delivery::read(&mut reader);
        let http = Http::read(&mut reader);
        match (version, commit, environment, reader.faults.is_empty()) {
            (Some(version), Some(commit), Some(environment), true) => Ok(Self {
                listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080))),
                version,
                commit,
                environment,
                drain: drain.unwrap_or(DRAIN),
                finish: finish.unwrap_or(FINISH),
                log: log.unwrap_or_else(logs::default_filter),
                database,
                replica,
                access_tokens,
                queue_url,
                uploads: bucket.zip(uploads_url),
                delivery,
                http,
            }),
            _ => Err(Refused { faults: reader.faults }),
        }
    }
}

struct Reader {
    variables: BTreeMap<OsString, OsString>,
    faults: Vec<Fault>,
}

impl Reader {
    fn required<T>(&mut self, variable: &'static str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        self.missing(variable);
        self.optional(variable, parse)
    }

    /// A fault where a variable is not set.
    fn missing(&mut self, variable: &'static str) {
        if !self.variables.contains_key(variable.as_ref() as &std::ffi::OsStr) {
            self.faults.push(Fault { variable, wrong: "is not set".to_owned() });
        }
    }

    /// A fault where a database is another machine's.
    fn must_be_here(&mut self, variable: &'static str, database: Option<&DatabaseUrl>) {
        if database.is_some_and(|database| !database.is_loopback()) {
            let wrong = "has to be on this machine: local runs and tests touch no other database".to_owned();
            self.faults.push(Fault { variable, wrong });
        }
    }

    fn optional<T>(&mut self, variable: &'static str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        self.parsed(variable, |text| parse(text).map_err(|expected| format!("is {text:?}, which is not {expected}")))
    }

    /// A value that is in no message.
    fn secret<T>(&mut self, variable: &'static str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        self.parsed(variable, |text| parse(text).map_err(|expected| format!("is not {expected}")))
    }

    fn parsed<T>(&mut self, variable: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.variables.get(variable.as_ref() as &std::ffi::OsStr)?;
        let parsed = value.to_str().ok_or_else(|| "is not UTF-8".to_owned()).and_then(parse);
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(wrong) => {
                self.faults.push(Fault { variable, wrong });
                None
            }
        }
    }
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an address and a port, for example 0.0.0.0:8080".to_owned())
}

fn version(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte);
    if (1..=128).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("a version: 1 to 128 letters, digits or any of . - + _".to_owned())
    }
}

fn commit(text: &str) -> Result<String, String> {
    let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() == 40 && text.bytes().all(hexadecimal) {
        Ok(text.to_owned())
    } else {
        Err("a commit in full: 40 hexadecimal digits".to_owned())
    }
}

fn environment(text: &str) -> Result<String, String> {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if (1..=32).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("an environment's name: 1 to 32 lower-case letters, digits or -".to_owned())
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) if seconds <= LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("a whole number of seconds from 0 to {LONGEST}")),
    }
}

fn database_url(text: &str) -> Result<DatabaseUrl, String> {
    text.parse().map_err(|_| "mysql://USER:PASSWORD@HOST:PORT/NAME".to_owned())
}

fn signing_keys(text: &str) -> Result<AccessTokens, String> {
    AccessTokens::from_pem(text).map_err(|_| "one or more Ed25519 private keys in PKCS #8 PEM form".to_owned())
}

fn queue_url(text: &str) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(text.to_owned())
    } else {
        Err("the URL of an SQS queue".to_owned())
    }
}

fn bucket(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if (3..=63).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("the name of an S3 bucket".to_owned())
    }
}

fn web_url(text: &str) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(text.to_owned())
    } else {
        Err("a URL, for example https://files.slipway.example".to_owned())
    }
}

fn filter(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text).map_err(|_| "a log filter, for example info,app=debug".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn read(variables: &[(&str, &str)]) -> Result<Configuration, Vec<String>> {
        Configuration::from_variables(
            variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
        .map_err(|refused| refused.faults.iter().map(Fault::to_string).collect())
    }

    #[test]
    fn three_variables_are_enough() {
        let configuration = read(&[
            ("SLIPWAY_VERSION", "1.0.0"),
            ("SLIPWAY_COMMIT", COMMIT),
            ("SLIPWAY_ENVIRONMENT", "dev"),
            ("HOME", "/root"),
        ])
        .expect("a configuration");
        assert_eq!(configuration.listen.to_string(), "0.0.0.0:8080");
        assert_eq!(configuration.drain, DRAIN);
        assert_eq!(configuration.finish, FINISH);
        assert_eq!(configuration.log.to_string(), "info");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = read(&[
            ("SLIPWAY_LISTEN", "8080"),
            ("SLIPWAY_VERSION", "one two"),
            ("SLIPWAY_COMMIT", "0123abc"),
            ("SLIPWAY_DRAIN_SECONDS", "-1"),
            ("SLIPWAY_FINISH_SECONDS", "121"),
            ("SLIPWAY_LOG", "info,="),
        ])
        .map(|_| ())
        .expect_err("faults");
        assert_eq!(
            faults,
            [
                r#"SLIPWAY_LISTEN is "8080", which is not an address and a port, for example 0.0.0.0:8080"#,
                r#"SLIPWAY_VERSION is "one two", which is not a version: 1 to 128 letters, digits or any of . - + _"#,
                r#"SLIPWAY_COMMIT is "0123abc", which is not a commit in full: 40 hexadecimal digits"#,
                "SLIPWAY_ENVIRONMENT is not set",
                r#"SLIPWAY_DRAIN_SECONDS is "-1", which is not a whole number of seconds from 0 to 120"#,
                r#"SLIPWAY_FINISH_SECONDS is "121", which is not a whole number of seconds from 0 to 120"#,
                r#"SLIPWAY_LOG is "info,=", which is not a log filter, for example info,app=debug"#,
            ]
        );
    }

    #[test]
    fn secrets_are_in_no_fault() {
        let faults = read(&[
            ("SLIPWAY_DATABASE_URL", "postgres://app:s3cret@localhost/app"),
            ("SLIPWAY_SIGNING_KEYS", "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----"),
        ])
        .map(|_| ())
        .expect_err("faults");
        assert_eq!(
            faults[3..],
            [
                "SLIPWAY_DATABASE_URL is not mysql://USER:PASSWORD@HOST:PORT/NAME",
                "SLIPWAY_SIGNING_KEYS is not one or more Ed25519 private keys in PKCS #8 PEM form",
            ]
        );
    }

    #[test]
    fn local_runs_and_tests_touch_no_other_machines_database() {
        let faults = |environment, host| {
            let url = format!("mysql://app:s3cret@{host}:3306/app");
            let read = read(&[("SLIPWAY_ENVIRONMENT", environment), ("SLIPWAY_DATABASE_URL", &url)]);
            let faults = read.map(|_| ()).expect_err("faults");
            faults.iter().filter(|fault| fault.starts_with("SLIPWAY_DATABASE_URL")).count()
        };
        for environment in LOCAL {
            assert_eq!(faults(environment, "database.example"), 1);
            assert_eq!(faults(environment, "10.0.0.1"), 1);
            assert_eq!(faults(environment, "127.0.0.1"), 0);
            assert_eq!(faults(environment, "localhost"), 0);
        }
        assert_eq!(faults("prod", "database.example"), 0);
    }

    #[test]
    fn a_database_needs_keys_to_sign_with() {
        let faults =
            read(&[("SLIPWAY_DATABASE_URL", "mysql://app:s3cret@localhost/app")]).map(|_| ()).expect_err("faults");
        assert_eq!(faults[3..], ["SLIPWAY_SIGNING_KEYS is not set"]);
    }

    #[test]
    #[cfg(unix)]
    fn text_that_is_not_utf_8_is_a_fault() {
        use std::os::unix::ffi::OsStringExt as _;

        let refused =
            Configuration::from_variables([(OsString::from("SLIPWAY_ENVIRONMENT"), OsString::from_vec(vec![0xff]))])
                .map(|_| ())
                .expect_err("a fault");
        assert!(refused.faults.iter().any(|fault| fault.to_string() == "SLIPWAY_ENVIRONMENT is not UTF-8"));
    }
}
