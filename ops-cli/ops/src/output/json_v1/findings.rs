use ops_engine::preflight::{Finding, Verdict};
use serde::Serialize;

use super::SCHEMA_VERSION;

#[derive(Debug, Serialize)]
pub(crate) struct Findings {
    schema_version: u32,
    environment: String,
    ok: usize,
    failed: usize,
    skipped: usize,
    findings: Vec<FindingDocument>,
}

#[derive(Debug, Serialize)]
struct FindingDocument {
    subject: String,
    check: String,
    /// `ok`, `failed` or `skipped`.
    verdict: &'static str,
    why: Option<String>,
}

pub(crate) fn findings(environment: &str, findings: &[Finding]) -> Findings {
    let documents: Vec<_> = findings.iter().map(finding).collect();
    let count = |verdict| documents.iter().filter(|document| document.verdict == verdict).count();
    Findings {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        ok: count("ok"),
        failed: count("failed"),
        skipped: count("skipped"),
        findings: documents,
    }
}

fn finding(Finding { subject, check, verdict }: &Finding) -> FindingDocument {
    let (verdict, why) = match verdict {
        Verdict::Ok => ("ok", None),
        Verdict::Failed { why } => ("failed", Some(why.clone())),
        Verdict::Skipped { why } => ("skipped", Some(why.clone())),
    };
    FindingDocument { subject: subject.clone(), check: check.clone(), verdict, why }
}
