use ops_model::declaration::Service;

use super::{Checked, Live, Verdict};
use crate::cloud::TargetGroup;

/// What a target group has to be like.
#[derive(Debug, Clone, Copy)]
struct Wanted<'a> {
    port: u16,
    health_path: &'a str,
    vpc_id: &'a str,
}

/// The target groups of a public service fit its containers.
pub(super) async fn check(live: Live<'_>, name: &str, service: &Service) -> Vec<Checked> {
    let (Some(public), Some(port)) = (&service.public, service.workload.container.port) else { return Vec::new() };
    let Some(surroundings) = live.platform.services.get(name) else { return Vec::new() };
    let wanted = Wanted { port, health_path: &public.health.path, vpc_id: &live.platform.vpc_id };
    let alternate = surroundings.traffic_shift.as_ref().map(|shift| &shift.alternate_target_group_arn);
    let mut checked = Vec::new();
    for arn in surroundings.target_group_arn.iter().chain(alternate) {
        let group = live.cloud.targets.target_group(arn).await;
        let verdict = Verdict::on(group, |group| judge(group.as_ref(), wanted));
        checked.push((format!("target group {arn}"), verdict));
    }
    checked
}

fn judge(group: Option<&TargetGroup>, wanted: Wanted<'_>) -> Verdict {
    let Some(TargetGroup { port, health_path, by_address, vpc_id }) = group else {
        return Verdict::failed("there is no such target group");
    };
    let mut wrong = Vec::new();
    if !by_address {
        wrong.push("its targets are not addresses, as tasks on Fargate are".to_owned());
    }
    if *port != wanted.port {
        wrong.push(format!("its port is {port}, the container's is {}", wanted.port));
    }
    if let Some(path) = health_path.as_ref().filter(|path| *path != wanted.health_path) {
        wrong.push(format!("it asks for {path}, declared is {}", wanted.health_path));
    }
    if let Some(vpc) = vpc_id.as_ref().filter(|vpc| *vpc != wanted.vpc_id) {
        wrong.push(format!("it is in {vpc}, the tasks are in {}", wanted.vpc_id));
    }
    if wrong.is_empty() { Verdict::Ok } else { Verdict::failed(wrong.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_does_not_fit_is_said_at_once() {
        let fits = TargetGroup {
            port: 8080,
            health_path: Some("/health".to_owned()),
            by_address: true,
            vpc_id: Some("vpc-1".to_owned()),
        };
        let wanted = Wanted { port: 8080, health_path: "/health", vpc_id: "vpc-1" };
        assert_eq!(judge(Some(&fits), wanted), Verdict::Ok);
        let wrong = TargetGroup {
            port: 80,
            health_path: Some("/".to_owned()),
            by_address: false,
            vpc_id: Some("vpc-2".to_owned()),
        };
        let Verdict::Failed { why } = judge(Some(&wrong), wanted) else { panic!("it does not fit") };
        assert_eq!(why.split("; ").count(), 4, "{why}");
        assert!(matches!(judge(None, wanted), Verdict::Failed { .. }));
    }
}
