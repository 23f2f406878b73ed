//! An image that could not be pulled.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html>

use super::{Cause, CauseClass, Failure, back_out, says};

pub(super) fn cause(failure: Failure<'_>, text: &str) -> Option<Cause> {
    if !says(text, &["cannotpullcontainererror", "cannotpullecrcontainererror", "cannotpullimagemanifesterror"]) {
        return None;
    }
    let image = named(text).map_or_else(|| "its image".to_owned(), |image| format!("the image {image}"));
    let environment = failure.environment;
    // Which processor an image lacks is also told as "not found", so that comes first.
    let cause = if says(text, &["matching platform", "no matching manifest", "image manifest does not contain"]) {
        Cause::new(CauseClass::ImagePlatform, format!("{image} is not built for the processor of the task"))
            .remedy("build it for that processor (`docker buildx build --platform linux/amd64,linux/arm64`)")
            .remedy("or declare the processor that it is built for: `architecture: arm64` or `x86_64`")
    } else if says(text, &["toomanyrequests", "rate limit", "429"]) {
        Cause::new(CauseClass::RegistryLimit, "the registry lets nobody pull so often without an account")
            .remedy("copy the image into ECR, or set up a pull-through cache with credentials")
    } else if says(
        text,
        &["i/o timeout", "dial tcp", "deadline exceeded", "connection refused", "no such host", "connection reset"],
    ) {
        Cause::new(CauseClass::RegistryUnreachable, format!("the task cannot reach the registry of {image}"))
            .remedy("give its subnets a way there: a NAT gateway, or endpoints for ecr.api, ecr.dkr and s3 (`network`)")
            .remedy("let the task's security group send to port 443")
    } else if says(text, &["denied", "not authorized", "unauthorized", "no basic auth", "403", "401"])
        && !says(text, &["does not exist"])
    {
        Cause::new(CauseClass::ImageNotAllowed, format!("the execution role may not pull {image}"))
            .remedy(
                "let the execution role call ecr:GetAuthorizationToken, ecr:BatchGetImage and \
                 ecr:GetDownloadUrlForLayer, and let the repository's policy admit this account",
            )
            .remedy(format!("`ops check {environment} --live` asks IAM"))
    } else if says(text, &["not found", "manifest unknown", "does not exist", "no such image", "name unknown"]) {
        Cause::new(CauseClass::ImageMissing, format!("{image} is not in the registry"))
            .remedy("push it, or declare a build whose image is there; has a lifecycle policy removed it?")
            .remedy(back_out(failure))
    } else if says(text, &["no space left"]) {
        Cause::new(CauseClass::Resources, format!("{image} does not fit on the task's disk"))
            .remedy("declare more `ephemeral_storage_gib`, or make the image smaller")
    } else {
        Cause::new(CauseClass::ImageUnreadable, format!("{image} cannot be pulled"))
            .remedy(format!("`ops check {environment} --live` looks at the image, the role and the registry"))
            .remedy(back_out(failure))
    };
    Some(cause.seen(text))
}

/// The first word of a text that looks like an image: a path with a digest or a tag.
fn named(text: &str) -> Option<&str> {
    let words = text.split([' ', ',', '"', '\'', '(', ')']).map(|word| word.trim_end_matches([':', '.', ';']));
    words.into_iter().find(|word| {
        let last = word.rsplit('/').next().unwrap_or_default();
        let is_address = word.contains("://") || word.starts_with("arn:");
        word.contains('/') && !is_address && (last.contains('@') || last.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn an_image_is_found_in_a_sentence() {
        let ecr = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
                   000000000000.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:ab: not found";
        assert_eq!(named(ecr), Some("000000000000.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:ab"));
        assert_eq!(named("pull of docker.io/library/nginx:1.27: denied"), Some("docker.io/library/nginx:1.27"));
        assert_eq!(named("Get \"https://registry/v2/\": dial tcp 10.0.0.1:443: i/o timeout"), None);
        assert_eq!(named("2/3 tasks of arn:aws:ecs:r:0:task/a"), None);
    }
}
