use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Node};
use crate::declaration::plain_secrets::{is_reference, name_tells, value_tells};

pub(in crate::declaration) const PLAIN_SECRET: &str = "declaration::secret_in_plain";

/// No secret stands in the file: it would stay in git for ever, and in every task definition.
///
/// The faults never repeat the value.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let environment = service.value.get("environment").map_or(&[][..], Node::entries);
        for variable in environment {
            if let Some(why) = reason(&variable.key, &variable.value) {
                faults.push(
                    subject
                        .fault(PLAIN_SECRET, format!("the variable `{}` of `{}` holds a secret", variable.key, service.key))
                        .at(&variable.value.span, why)
                        .remedy(format!(
                            "put the value into SSM (aws ssm put-parameter --type SecureString), name its place \
                             under `secrets:` as `{}: ssm:/{}/{}`, and replace the secret: git does not forget",
                            variable.key,
                            subject.folder,
                            variable.key.to_lowercase()
                        )),
                );
            }
        }
        for (index, argument) in service.value.get("command").map_or(&[][..], Node::items).iter().enumerate() {
            if let Some(what) = argument.text().and_then(value_tells) {
                faults.push(
                    subject
                        .fault(PLAIN_SECRET, format!("argument {index} of the command of `{}` holds a secret", service.key))
                        .at(&argument.span, format!("looks like {what}"))
                        .remedy("let the program read it from an environment variable that is named under `secrets:`"),
                );
            }
        }
        for secret in service.value.get("secrets").map_or(&[][..], Node::entries) {
            let written_out = secret.value.text().is_some_and(|text| !is_reference(text));
            if written_out || matches!(secret.value.content, Content::Number { .. }) {
                faults.push(
                    subject
                        .fault(PLAIN_SECRET, format!("`{}` under `secrets` does not say where its value is kept", secret.key))
                        .at(&secret.value.span, "not the place of a secret")
                        .remedy(format!(
                            "write `{}: ssm:/{}/{}` or `secretsmanager:<name>`; if this was the secret itself, replace it",
                            secret.key,
                            subject.folder,
                            secret.key.to_lowercase()
                        )),
                );
            }
        }
    }
}

fn reason(name: &str, value: &Node) -> Option<String> {
    let written = match &value.content {
        Content::Text(text) => text,
        Content::Number { written, .. } => written,
        _ => return None,
    };
    if let Some(what) = value_tells(written) {
        return Some(format!("looks like {what}"));
    }
    if name_tells(name) && !written.is_empty() {
        return Some("a value under the name of a secret".to_owned());
    }
    None
}
