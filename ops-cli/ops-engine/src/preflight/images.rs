use std::collections::BTreeSet;

use ops_model::declaration::Architecture;

use super::{Checked, Live, Subject, Verdict};

/// Each image is there, for the processor that it will run on.
pub(super) async fn check(live: Live<'_>, subject: &Subject<'_>) -> Vec<Checked> {
    let images: BTreeSet<_> = subject.task_definition.containers().map(|container| container.image()).collect();
    let wanted = match subject.workload.architecture {
        Architecture::X86_64 => "linux/amd64",
        Architecture::Arm64 => "linux/arm64",
    };
    let mut checked = Vec::new();
    for image in images {
        let verdict = if is_ours(live, image) {
            let platforms = live.cloud.preflight.image_platforms(image).await;
            Verdict::on(platforms, |platforms| judge(platforms.as_deref(), wanted))
        } else {
            Verdict::skipped("it is in somebody else's registry")
        };
        checked.push((format!("image {image}"), verdict));
    }
    checked
}

/// Whether it is in one of the environment's repositories, or in another ECR, such as that of the account that builds.
fn is_ours(live: Live<'_>, image: &str) -> bool {
    let repository = image.split('@').next().unwrap_or(image);
    let host = repository.split('/').next().unwrap_or_default();
    live.platform.repositories.values().any(|ours| ours == repository) || host.contains(".dkr.ecr.")
}

fn judge(platforms: Option<&[String]>, wanted: &str) -> Verdict {
    match platforms {
        None => Verdict::failed("there is no such image"),
        // Without a platform in it the image says nothing about one.
        Some([]) => Verdict::skipped("the image does not say which processor it is for"),
        Some(platforms) if platforms.iter().any(|platform| platform == wanted) => Verdict::Ok,
        Some(platforms) => Verdict::failed(format!("it is for {}, and tasks run on {wanted}", platforms.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_to_be_there_for_the_right_processor() {
        let platforms = ["linux/amd64".to_owned(), "linux/arm64".to_owned()];
        assert_eq!(judge(Some(&platforms), "linux/arm64"), Verdict::Ok);
        assert!(
            matches!(judge(Some(&platforms[..1]), "linux/arm64"), Verdict::Failed { why } if why.contains("amd64"))
        );
        assert!(matches!(judge(None, "linux/amd64"), Verdict::Failed { .. }));
        assert!(matches!(judge(Some(&[]), "linux/amd64"), Verdict::Skipped { .. }));
    }
}
