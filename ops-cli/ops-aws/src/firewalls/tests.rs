use ops_model::security_group::Peer;

use super::*;
use crate::wire::Wire;

fn item(id: &str, group: &str, rest: &str) -> String {
    format!("<item><securityGroupRuleId>{id}</securityGroupRuleId><groupId>{group}</groupId>{rest}</item>")
}

fn answer(operation: &str, body: &str) -> (u16, String) {
    (
        200,
        format!("<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{body}</{operation}Response>"),
    )
}

fn refusal(code: &str) -> (u16, String) {
    let body = format!("<Errors><Error><Code>{code}</Code><Message>said</Message></Error></Errors>");
    (400, format!("<Response>{body}<RequestID>1</RequestID></Response>"))
}

fn groups(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn rules_are_read_over_pages_and_a_silent_group_is_told_from_a_missing_one() {
    let wire = Wire::answering(|sent| {
        let body = sent.body.as_str().expect("a query");
        match sent.operation.as_str() {
            "DescribeSecurityGroupRules" if body.contains("NextToken=more") => {
                let tag = "<tagSet><item><key>Name</key><value>to anywhere</value></item></tagSet>";
                let all =
                    "<isEgress>true</isEgress><ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort>";
                let rule = item("sgr-2", "sg-1", &format!("{all}<cidrIpv4>0.0.0.0/0</cidrIpv4>{tag}"));
                answer("DescribeSecurityGroupRules", &format!("<securityGroupRuleSet>{rule}</securityGroupRuleSet>"))
            }
            "DescribeSecurityGroupRules" => {
                let tcp =
                    "<isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>81</toPort>";
                let from =
                    "<referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo><description>why</description>";
                let rule = item("sgr-1", "sg-1", &format!("{tcp}{from}"));
                let body = format!("<securityGroupRuleSet>{rule}</securityGroupRuleSet><nextToken>more</nextToken>");
                answer("DescribeSecurityGroupRules", &body)
            }
            _ => {
                let group = "<securityGroupInfo><item><groupId>sg-2</groupId></item></securityGroupInfo>";
                answer("DescribeSecurityGroups", group)
            }
        }
    });
    let rules = wire.cloud().firewalls.rules(&groups(&["sg-1", "sg-2", "sg-3"])).await.expect("rules");
    assert_eq!(rules.keys().collect::<Vec<_>>(), ["sg-1", "sg-2"]);
    assert_eq!(rules["sg-2"], []);
    let [first, second] = rules["sg-1"].as_slice() else { panic!("two rules: {rules:?}") };
    let permission = Permission::tcp(Direction::Ingress, (80, 81), Peer::Group("sg-9".to_owned()));
    assert_eq!((&first.permission, first.description.as_deref()), (&permission, Some("why")));
    assert_eq!(second.permission, Permission::all_traffic(Direction::Egress, Peer::anyone()));
    assert_eq!(second.tags, BTreeMap::from([("Name".to_owned(), "to anywhere".to_owned())]));
    let sent = wire.sent();
    let asked = sent[0].body.as_str().expect("a query");
    assert!(asked.contains("Filter.1.Name=group-id") && asked.contains("Filter.1.Value.3=sg-3"), "{asked}");
    assert_eq!(sent.len(), 3);
    let asked = sent[2].body.as_str().expect("a query");
    assert!(asked.contains("Filter.1.Value.1=sg-2") && asked.contains("Filter.1.Value.2=sg-3"), "{asked}");
}

#[tokio::test]
async fn what_cannot_be_understood_is_an_error() {
    for rest in [
        "<isEgress>false</isEgress><ipProtocol>tcp</ipProtocol>",
        "<isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><cidrIpv4>10.0.0.0</cidrIpv4>",
        "<isEgress>false</isEgress><ipProtocol>teleport</ipProtocol><cidrIpv4>10.0.0.0/8</cidrIpv4>",
        "<ipProtocol>tcp</ipProtocol><cidrIpv4>10.0.0.0/8</cidrIpv4>",
    ] {
        let rule = item("sgr-1", "sg-1", rest);
        let wire = Wire::answering(move |_| {
            answer("DescribeSecurityGroupRules", &format!("<securityGroupRuleSet>{rule}</securityGroupRuleSet>"))
        });
        let error = wire.cloud().firewalls.rules(&groups(&["sg-1"])).await.expect_err(rest);
        assert!(error.is_passing() && error.message.contains("sgr-1"), "{error}");
    }
}

#[tokio::test]
async fn rules_are_added_changed_and_removed() {
    let wire = Wire::answering(|sent| {
        let rule = item("sgr-1", "sg-1", "");
        answer(&sent.operation, &format!("<return>true</return><securityGroupRuleSet>{rule}</securityGroupRuleSet>"))
    });
    let firewalls = wire.cloud().firewalls;
    let tcp = Permission::tcp(Direction::Ingress, (80, 90), Peer::Group("sg-9".to_owned()));
    let tags = BTreeMap::from([("Name".to_owned(), "api".to_owned())]);
    let rule = AuthorizeRule { permission: tcp.clone(), description: "why".to_owned(), tags };
    assert_eq!(firewalls.authorize("sg-1", &rule).await.expect("added"), "sgr-1");
    let out = Permission::all_traffic(Direction::Egress, Peer::Ipv6("::/0".parse().expect("a range")));
    let rule = AuthorizeRule { permission: out.clone(), ..rule };
    assert_eq!(firewalls.authorize("sg-1", &rule).await.expect("added"), "sgr-1");
    firewalls.modify("sg-1", "sgr-1", &tcp, "why").await.expect("changed");
    firewalls.revoke("sg-1", Direction::Ingress, "sgr-1").await.expect("removed");
    firewalls.revoke("sg-1", Direction::Egress, "sgr-2").await.expect("removed");
    let sent = wire.sent();
    let operations: Vec<_> = sent.iter().map(|sent| sent.operation.as_str()).collect();
    assert_eq!(
        operations,
        [
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "ModifySecurityGroupRules",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
        ]
    );
    let has = |place: usize, part: &str| {
        assert!(sent[place].body.as_str().is_some_and(|body| body.contains(part)), "{part}: {:?}", sent[place])
    };
    has(0, "GroupId=sg-1");
    has(0, "IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=90");
    has(0, "IpPermissions.1.Groups.1.GroupId=sg-9");
    has(0, "IpPermissions.1.Groups.1.Description=why");
    has(0, "TagSpecification.1.ResourceType=security-group-rule");
    has(0, "TagSpecification.1.Tag.1.Key=Name");
    has(1, "IpPermissions.1.IpProtocol=-1");
    has(1, "IpPermissions.1.Ipv6Ranges.1.CidrIpv6=%3A%3A%2F0");
    has(2, "SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId=sg-9");
    has(2, "SecurityGroupRule.1.SecurityGroupRule.ToPort=90");
    has(2, "SecurityGroupRule.1.SecurityGroupRuleId=sgr-1");
    has(3, "SecurityGroupRuleId.1=sgr-1");
}

#[tokio::test]
async fn errors_answer_whether_it_is_there_or_gone() {
    let rule = AuthorizeRule {
        permission: Permission::tcp(Direction::Ingress, (80, 80), Peer::anyone()),
        description: "why".to_owned(),
        tags: BTreeMap::new(),
    };
    let wire = Wire::answering(|_| refusal("InvalidPermission.Duplicate"));
    let error = wire.cloud().firewalls.authorize("sg-1", &rule).await.expect_err("it is there");
    assert!(error.is_already_there(), "{error:?}");
    for gone in ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"] {
        let wire = Wire::answering(move |_| refusal(gone));
        wire.cloud().firewalls.revoke("sg-1", Direction::Ingress, "sgr-1").await.expect("already gone");
        let error = wire.cloud().firewalls.modify("sg-1", "sgr-1", &rule.permission, "why").await.expect_err("gone");
        assert!(error.is_not_found(), "{error:?}");
    }
    let wire = Wire::answering(|_| refusal("UnauthorizedOperation"));
    let error = wire.cloud().firewalls.rules(&groups(&["sg-1"])).await.expect_err("denied");
    assert_eq!(error.kind, ops_engine::cloud::CloudErrorKind::AccessDenied);
}
