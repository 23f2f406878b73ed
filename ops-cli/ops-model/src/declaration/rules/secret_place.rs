use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// AWS counts 1011 characters with the ARN before the path, which takes up to 56.
const LONGEST_PATH: usize = 955;
const DEEPEST_PATH: usize = 15;
const LONGEST_NAME: usize = 512;

/// Places for secrets are places that AWS lets Terraform make. Those that a service names may be of others.
///
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for (index, node) in subject.document.get("secrets").map_or(&[][..], Node::items).iter().enumerate() {
        let Some(text) = node.text() else { continue };
        let why_not = match text.split_once(':') {
            Some(("ssm", path)) => of_a_parameter(subject, path),
            Some(("secretsmanager", name)) => of_a_secret(subject, name),
            _ => continue,
        };
        faults.extend(why_not.into_iter().map(|(label, remedy)| {
            subject
                .fault("declaration::secret_place", format!("Terraform cannot make item {index} of `secrets`"))
                .at(&node.span, label)
                .remedy(remedy)
        }));
    }
}

/// What is wrong, and what to do about it.
type Refusal = (&'static str, String);

fn of_a_parameter(subject: &Subject<'_>, path: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let own = format!("/slipway/{}/", subject.folder);
    if !path.starts_with(&own) {
        refusals.push(not_below(&format!("ssm:{own}")));
    }
    if path.matches('/').count() > DEEPEST_PATH {
        refusals.push(("too deep", format!("a parameter's path has at most {DEEPEST_PATH} levels")));
    }
    if path.chars().count() > LONGEST_PATH {
        refusals.push(("too long", format!("a parameter's path has at most {LONGEST_PATH} characters")));
    }
    refusals
}

fn not_below(own: &str) -> Refusal {
    (
        "not a place of this environment",
        format!("put it below `{own}`: the roles of CI make no other, and no other environment reads it"),
    )
}

fn of_a_secret(subject: &Subject<'_>, name: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let own = format!("slipway/{}/", subject.folder);
    if !name.starts_with(&own) {
        refusals.push(not_below(&format!("secretsmanager:{own}")));
    }
    if name.chars().count() > LONGEST_NAME {
        refusals.push(("too long", format!("a secret's name has at most {LONGEST_NAME} characters")));
    }
    if name.chars().rev().nth(6) == Some('-') {
        refusals.push((
            "ends as ARNs of secrets do",
            "choose a name that does not end with a hyphen and six characters: AWS takes the one for the other"
                .to_owned(),
        ));
    }
    let has_database = subject.document.get("database").is_some();
    if has_database
        && name.strip_prefix("slipway/").and_then(|rest| rest.strip_suffix("/database")) == Some(subject.folder)
    {
        refusals
            .push(("taken by the database", "remove the line: Terraform keeps the password there itself".to_owned()));
    }
    refusals
}
