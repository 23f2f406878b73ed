use std::ops::Range;

use super::Subject;
use super::subject::Container;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};
use crate::declaration::plain_secrets::{is_public_key, is_reference, may_be_secret, name_tells, places, value_tells};

pub(in crate::declaration) const PLAIN_SECRET: &str = "declaration::secret_in_plain";

/// No secret stands in the file: it would stay in git for ever, and in every task definition.
///
/// The faults never repeat the value.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for container in subject.containers() {
        for variable in container.node.get("environment").map_or(&[][..], Node::entries) {
            faults.extend(variable_fault(subject, &container, variable));
        }
        for (index, argument) in container.node.get("command").map_or(&[][..], Node::items).iter().enumerate() {
            faults.extend(argument_fault(subject, &container, index, argument));
        }
        for secret in container.node.get("secrets").map_or(&[][..], Node::entries) {
            faults.extend(secret_fault(subject, secret));
        }
    }
    for (index, item) in subject.document.get("secrets").map_or(&[][..], Node::items).iter().enumerate() {
        faults.extend(place_fault(subject, index, item));
    }
    for uploads in subject.named("uploads") {
        for key in uploads.value.get("public_keys").map_or(&[][..], Node::entries) {
            faults.extend(key_fault(subject, key));
        }
    }
    let reported: Vec<Range<usize>> = faults.iter().filter_map(|fault| fault.span.clone()).collect();
    let elsewhere = check_anywhere(subject.file, subject.document);
    faults
        .extend(elsewhere.into_iter().filter(|fault| fault.span.as_ref().is_none_or(|span| !reported.contains(span))));
}

/// The same for places that no secret has any business in.
pub(in crate::declaration) fn check_anywhere(file: &str, document: &Node) -> Vec<Fault> {
    let fault = |span: Range<usize>| {
        Fault::new(PLAIN_SECRET, file, "a secret stands in the file")
            .at(&span, "a secret by its name or its looks")
            .remedy("remove it, and replace the secret: git does not forget")
    };
    places(document).into_iter().map(fault).collect()
}

fn variable_fault(subject: &Subject<'_>, container: &Container<'_>, variable: &Entry) -> Option<Fault> {
    let name = &variable.key;
    if let Some(place) = variable.value.text().filter(|text| is_reference(text)) {
        let message = format!(
            "the variable `{name}` of {} would hold the place of a secret, not the secret",
            container.in_words()
        );
        return Some(
            subject
                .fault("declaration::misplaced_reference", message)
                .at(&variable.value.span, "the place of a secret")
                .remedy(format!("move the line `{name}: {place}` from `environment:` to `secrets:`")),
        );
    }
    let written = written(&variable.value)?;
    let why = match value_tells(written) {
        Some(what) => format!("looks like {what}"),
        None if name_tells(name) && may_be_secret(written) => "a value under the name of a secret".to_owned(),
        None => return None,
    };
    let place = format!("ssm:/{}/{}", subject.folder, name.to_lowercase());
    Some(
        subject
            .fault(PLAIN_SECRET, format!("the variable `{name}` of {} holds a secret", container.in_words()))
            .at(&variable.value.span, why)
            .remedy(format!(
                "put the value into SSM (aws ssm put-parameter --type SecureString), write `{name}: {place}` under \
                 `secrets:`, and replace the secret: git does not forget"
            )),
    )
}

fn argument_fault(subject: &Subject<'_>, container: &Container<'_>, index: usize, argument: &Node) -> Option<Fault> {
    let what = argument.text().and_then(value_tells)?;
    Some(
        subject
            .fault(PLAIN_SECRET, format!("argument {index} of the command of {} holds a secret", container.in_words()))
            .at(&argument.span, format!("looks like {what}"))
            .remedy("let the program read it from an environment variable that is named under `secrets:`"),
    )
}

fn secret_fault(subject: &Subject<'_>, secret: &Entry) -> Option<Fault> {
    let name = &secret.key;
    let place = secret.value.get("from").unwrap_or(&secret.value);
    written(place).filter(|text| may_be_secret(text))?;
    Some(
        subject
            .fault(PLAIN_SECRET, format!("`{name}` under `secrets` does not say where its value is kept"))
            .at(&place.span, "not the place of a secret")
            .remedy(format!(
                "write `{name}: ssm:/{}/{}` or `secretsmanager:<name>`; if this was the secret itself, replace it",
                subject.folder,
                name.to_lowercase()
            )),
    )
}

fn place_fault(subject: &Subject<'_>, index: usize, item: &Node) -> Option<Fault> {
    written(item).filter(|text| may_be_secret(text))?;
    Some(
        subject
            .fault(PLAIN_SECRET, format!("item {index} of `secrets` does not say where a secret is kept"))
            .at(&item.span, "not the place of a secret")
            .remedy(format!(
                "write `ssm:/{}/<name>` or `secretsmanager:<name>`; if this was the secret itself, replace it",
                subject.folder
            )),
    )
}

fn key_fault(subject: &Subject<'_>, key: &Entry) -> Option<Fault> {
    written(&key.value).filter(|text| may_be_secret(text) && !is_public_key(text))?;
    Some(
        subject
            .fault(PLAIN_SECRET, format!("`{}` under `public_keys` is not a public key", key.key))
            .at(&key.value.span, "not a public key")
            .remedy(
                "write the public half in PEM (openssl rsa -pubout); if this was the private half, make a new pair: git \
                 does not forget",
            ),
    )
}

fn written(value: &Node) -> Option<&str> {
    match &value.content {
        Content::Text(text) => Some(text),
        Content::Number { written, .. } => Some(written),
        _ => None,
    }
}
