//! Where in ECR an image is.

use aws_sdk_ecr::types::ImageIdentifier;

/// An image of ECR by its reference: `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@<digest>`, or `:<tag>`.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html>
#[derive(Debug, PartialEq)]
pub(super) struct EcrReference<'a> {
    /// The account whose registry it is in.
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) repository: &'a str,
    pub(super) image: ImageIdentifier,
}

impl<'a> EcrReference<'a> {
    /// `None` for an image of another registry.
    pub(super) fn parse(reference: &'a str) -> Option<Self> {
        let (host, rest) = reference.split_once('/')?;
        let labels: Vec<_> = host.split('.').collect();
        let (account, region) = match labels[..] {
            [account, "dkr", "ecr" | "ecr-fips", region, "amazonaws", "com"]
            | [account, "dkr", "ecr", region, "amazonaws", "com", "cn"]
            // Over IPv6 too.
            | [account, "dkr-ecr" | "dkr-ecr-fips", region, "on", "aws"] => (account, region),
            _ => return None,
        };
        let (name, digest) = rest.split_once('@').map_or((rest, None), |(name, digest)| (name, Some(digest)));
        // A digest says more than the tag beside it.
        let (repository, tag) = name.split_once(':').map_or((name, None), |(name, tag)| (name, Some(tag)));
        let image = match digest {
            Some(digest) => ImageIdentifier::builder().image_digest(digest),
            None => ImageIdentifier::builder().image_tag(tag.unwrap_or("latest")),
        };
        Some(Self { account, region, repository, image: image.build() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_says_account_and_region() {
        for host in [
            "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com",
            "000000000000.dkr.ecr-fips.ap-northeast-2.amazonaws.com",
            "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com.cn",
            "000000000000.dkr-ecr.ap-northeast-2.on.aws",
        ] {
            for (rest, image) in [
                ("@sha256:00", ImageIdentifier::builder().image_digest("sha256:00")),
                (":1@sha256:00", ImageIdentifier::builder().image_digest("sha256:00")),
                (":1", ImageIdentifier::builder().image_tag("1")),
                ("", ImageIdentifier::builder().image_tag("latest")),
            ] {
                let reference = format!("{host}/team/api{rest}");
                let expected = EcrReference {
                    account: "000000000000",
                    region: "ap-northeast-2",
                    repository: "team/api",
                    image: image.build(),
                };
                assert_eq!(EcrReference::parse(&reference), Some(expected), "{reference}");
            }
        }
    }

    #[test]
    fn other_registries_are_none() {
        for reference in ["nginx", "nginx:1", "public.ecr.aws/nginx/nginx:1", "ghcr.io/team/api@sha256:00"] {
            assert_eq!(EcrReference::parse(reference), None, "{reference}");
        }
    }
}
