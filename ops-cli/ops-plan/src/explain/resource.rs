//! What a task needs before its containers start, and could not have.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html>

use super::{Cause, CauseClass, Failure, says};

pub(super) fn cause(failure: Failure<'_>, container: &str, text: &str) -> Option<Cause> {
    let cause = if says(text, &["outofmemoryerror", "out of memory", "oomkilled"]) {
        out_of_memory(container)
    } else if says(text, &["cannotcreatevolumeerror", "efs utils", "failed to mount", "ebs volume"]) {
        Cause::new(CauseClass::Volume, "a volume could not be mounted")
            .remedy("let the file system's security group admit the task on port 2049, in every zone of the service")
            .remedy(
                "let the task role use it (elasticfilesystem:ClientMount, ClientWrite), and see that the path exists",
            )
    } else if says(text, &["logging driver", "logger args", "log group", "awslogs"]) {
        log_group(failure, text)
    } else if says(text, &["unable to pull secrets", "unable to retrieve secret", "secretsmanager", "ssm parameter"]) {
        secret(failure, text)
    } else if says(text, &["containerruntimetimeouterror", "dockertimeouterror"]) {
        Cause::new(CauseClass::Resources, "a container did not start within the time that AWS allows")
            .remedy("give the task more `cpu`; a very large image may be the reason too")
    } else if says(text, &["cannotstartcontainererror"]) {
        program(failure, container, text)
    } else if says(text, &["resourceinitializationerror"]) {
        if says(text, &["i/o timeout", "dial tcp", "deadline exceeded", "no such host", "connection issue"]) {
            no_way_out("AWS's own services")
        } else {
            Cause::new(CauseClass::Resources, "AWS could not set up what the task runs in")
                .remedy(format!("`ops check {} --live` looks at what tasks need", failure.environment))
        }
    } else {
        return None;
    };
    Some(cause.seen(text))
}

/// Killed for using more memory than it may.
pub(super) fn out_of_memory(container: &str) -> Cause {
    Cause::new(CauseClass::OutOfMemory, format!("{container} used more memory than it may, and was killed"))
        .remedy("declare more `memory`, or find what grows; Container Insights shows how much was used")
}

/// A program that cannot be executed.
pub(super) fn program(failure: Failure<'_>, container: &str, text: &str) -> Cause {
    if says(text, &["exec format error"]) {
        Cause::new(CauseClass::WrongProcessor, format!("the program of {container} is built for another processor"))
            .remedy("build the image for the processor of the task (`docker buildx build --platform linux/amd64`)")
            .remedy("or declare the one that it is built for: `architecture: arm64` or `x86_64`")
    } else if says(text, &["no such file", "not found in $path", "executable file not found"]) {
        Cause::new(CauseClass::ProgramNotFound, format!("the program that {container} is to start is not in its image"))
            .remedy("look at `entry_point` and `command`, and at the image's own; a script's first line counts too")
    } else if says(text, &["permission denied"]) {
        Cause::new(CauseClass::ProgramNotFound, format!("{container} may not execute its program"))
            .remedy("make the file executable in the image, or look at `user`")
    } else {
        Cause::new(CauseClass::Resources, format!("{container} could not be started"))
            .remedy(format!("`ops check {} --live` looks at what tasks need", failure.environment))
    }
}

fn log_group(failure: Failure<'_>, text: &str) -> Cause {
    if says(text, &["does not exist", "resourcenotfound"]) {
        Cause::new(CauseClass::LogGroup, "the log group that the task writes to is not there")
            .remedy(format!("run `terraform apply` in terraform/environments/{}: it makes them", failure.environment))
    } else if says(text, &["accessdenied", "not authorized"]) {
        Cause::new(CauseClass::LogGroup, "the execution role may not write to the log group")
            .remedy("let it call logs:CreateLogStream and logs:PutLogEvents")
    } else {
        Cause::new(CauseClass::LogGroup, "the task's log could not be set up")
            .remedy("give its subnets a way to CloudWatch Logs: a NAT gateway, or an endpoint for logs (`network`)")
    }
}

fn secret(failure: Failure<'_>, text: &str) -> Cause {
    let secret = named(text).map_or_else(|| "a secret".to_owned(), |name| format!("the secret {name}"));
    if says(text, &["did not contain json key", "invalid character", "unmarshal", "json key"]) {
        Cause::new(CauseClass::SecretMalformed, format!("{secret} lacks the JSON key that the declaration names"))
            .remedy("put a JSON object with that key there, or take the key out of the reference")
    } else if says(text, &["resourcenotfound", "parameternotfound", "invalid parameters", "can't find", "awscurrent"]) {
        Cause::new(CauseClass::SecretMissing, format!("{secret} is not there, or has no value"))
            .remedy("put its value there (`aws ssm put-parameter`, `aws secretsmanager put-secret-value`)")
            .remedy(format!("`ops check {} --live` says which are missing", failure.environment))
    } else if says(text, &["accessdenied", "not authorized", "kms"]) {
        Cause::new(CauseClass::SecretNotAllowed, format!("the execution role may not read {secret}")).remedy(format!(
            "run `terraform apply` in terraform/environments/{}: it lets the role read every declared secret; a key \
                 of your own has to let it decrypt",
            failure.environment
        ))
    } else {
        no_way_out("the store of the secrets")
    }
}

fn no_way_out(to: &str) -> Cause {
    Cause::new(CauseClass::Network, format!("the task cannot reach {to}"))
        .remedy(
            "give its subnets a way there: a NAT gateway, or endpoints for secretsmanager, ssm and logs (`network`)",
        )
        .remedy("let the task's security group send to port 443, and the VPC resolve names")
}

/// The name of a secret or a parameter at the end of an ARN in the text.
fn named(text: &str) -> Option<&str> {
    let start = text.find("arn:aws")?;
    let arn = text.get(start..)?;
    let arn = arn.split([' ', ',', '"', '\'', ')', ';']).next()?.trim_end_matches(['.', ':']);
    let resource = arn.splitn(6, ':').nth(5)?;
    let name = resource.strip_prefix("secret:").or_else(|| resource.strip_prefix("parameter"))?;
    name.split(':').next().filter(|name| !name.is_empty())
}
