use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// Only secrets of Secrets Manager have keys and versions: ECS takes a parameter as it is now.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for container in subject.containers() {
        for secret in container.node.get("secrets").map_or(&[][..], Node::entries) {
            let from = secret.value.get("from").and_then(Node::text).unwrap_or_default();
            if !from.starts_with("ssm:") {
                continue;
            }
            for (key, remedy) in [
                ("key", "remove the line, or keep the value in Secrets Manager (`secretsmanager:<name>`)"),
                ("version", "put the version into the parameter's path, or keep the value in Secrets Manager"),
            ] {
                let Some(entry) = secret.value.entry(key) else { continue };
                let message = format!("`{}` of {} names a {key} of a parameter", secret.key, container.in_words());
                faults.push(
                    subject
                        .fault("declaration::secret_part", message)
                        .at(&entry.key_span, "only with secrets of Secrets Manager")
                        .remedy(remedy),
                );
            }
        }
    }
}
