//! Holes that somebody opens through the EC2 API: named, closed, and nothing else touched.

use insta::assert_snapshot;
use jiff::ToSpan as _;
use ops_engine::clock::SystemClock;
use ops_engine::observe::today;
use serde_json::Value;

use crate::filters;
use crate::fixture::{Fixture, Team, open, rules_of, security_group};
use crate::run::Run;

const EVERYONE: (&str, &str) = ("IpRanges.1.CidrIp", "0.0.0.0/0");

fn holes(fixture: &Fixture) -> Vec<String> {
    let plan = fixture.json(&["plan", "dev"]);
    let holes = plan["holes"].as_array().cloned().unwrap_or_default();
    holes.iter().filter_map(|hole| hole["words"].as_str().map(str::to_owned)).collect()
}

#[test]
fn holes_are_named_and_closed_and_groups_of_others_left() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    assert_snapshot!("map", fixture.ops(&["firewall", "dev"]));
    let (api, worker) = (fixture.group_id("api"), fixture.group_id("worker"));
    let theirs = security_group(&fixture.account, "theirs");
    open(&fixture.account, &theirs, 22, EVERYONE);
    let rules_of_theirs = rules_of(&fixture.account, &theirs);
    open(&fixture.account, &api, 22, EVERYONE);
    open(&fixture.account, &api, 8080, ("Groups.1.GroupId", &theirs));
    open(&fixture.account, &worker, 9000, ("Ipv6Ranges.1.CidrIpv6", "::/0"));

    let named = [
        "anyone on the internet can reach SSH (22) on api".to_owned(),
        format!("everything in {theirs} (not of this environment) can reach port 8080 on api"),
        "anyone on the internet over IPv6 can reach port 9000 on worker".to_owned(),
    ];
    let mut found = holes(&fixture);
    found.sort_by_key(|hole| named.iter().position(|name| name == hole));
    assert_eq!(found, named);
    let yes = fixture.ops(&["firewall", "dev", "--can", "internet", "api", "22"]);
    assert_eq!(yes.exit_code, Some(0), "{yes}");
    assert!(yes.stdout.contains("which goes beyond the declaration"), "{yes}");
    assert_snapshot!("plan", fixture.ops(&["plan", "dev"]));
    assert_snapshot!("markdown", fixture.ops(&["plan", "dev", "--output", "markdown"]));

    let mended = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(mended.exit_code, Some(0), "{mended}");
    let after = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_eq!(after.exit_code, Some(0), "{after}");
    assert_eq!(holes(&fixture), Vec::<String>::new());
    let no = fixture.ops(&["firewall", "dev", "--can", "internet", "api", "22"]);
    assert_eq!(no.exit_code, Some(12), "{no}");
    assert_eq!(rules_of(&fixture.account, &theirs), rules_of_theirs);
}

#[test]
fn a_rule_made_another_one_comes_back_under_its_id() {
    let fixture = Fixture::deployed();
    let (api, worker) = (fixture.group_id("api"), fixture.group_id("worker"));
    let id = |rules: Vec<String>| {
        let balancers = rules.into_iter().find(|rule| rule.contains("api from load_balancer port 8080"));
        balancers.and_then(|rule| rule.split('<').next().map(str::to_owned)).expect("the rule")
    };
    let before = id(rules_of(&fixture.account, &api));
    let to = |name: &str, value: &str| {
        let rule = |member: &str| format!("SecurityGroupRule.1.SecurityGroupRule.{member}");
        let parameters = [
            ("GroupId".to_owned(), api.clone()),
            ("SecurityGroupRule.1.SecurityGroupRuleId".to_owned(), before.clone()),
            (rule("IpProtocol"), "tcp".to_owned()),
            (rule("FromPort"), "8080".to_owned()),
            (rule("ToPort"), "9090".to_owned()),
            (rule(name), value.to_owned()),
        ];
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fixture.account.ec2("ModifySecurityGroupRules", &parameters);
    };
    to("ReferencedGroupId", &worker);
    let blocked = fixture.ops(&["firewall", "dev", "--can", "load_balancer", "api", "8080"]);
    assert_eq!(blocked.exit_code, Some(12), "{blocked}");
    let mended = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(mended.exit_code, Some(0), "{mended}");
    assert_eq!(id(rules_of(&fixture.account, &api)), before);
    let open = fixture.ops(&["firewall", "dev", "--can", "load_balancer", "api", "8080"]);
    assert_eq!(open.exit_code, Some(0), "{open}");
    let after = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_eq!(after.exit_code, Some(0), "{after}");
}

#[test]
fn a_dangerous_hole_is_closed_at_once_though_the_plan_is_held() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.team.edit("dev", "firewall:\n", "holes: { close: at_once }\nfirewall:\n");
    fixture.team.edit("dev", "path: /readyz", "path: /healthz");
    fixture.team.commit_all("Close dangerous holes at once, and ask another path");
    open(&fixture.account, &fixture.group_id("api"), 22, EVERYONE);
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(3), "{run}");
    assert_snapshot!("closed_at_once", run);
    assert_eq!(holes(&fixture), Vec::<String>::new());
    let record = &fixture.json(&["history", "dev"])["records"][0];
    assert_eq!((&record["outcome"], &record["services"][0]["outcome"]), (&"held".into(), &"succeeded".into()));
}

#[test]
fn an_exception_is_named_some_days_before_it_ends() {
    let fixture = Fixture::start();
    let until = today(&SystemClock).saturating_add(3.days());
    let rule = "    - from: load_balancer\n      port: 8080\n";
    let exception = format!("{rule}    - {{ from: 203.0.113.0/24, port: 8443, until: \"{until}\" }}\n");
    fixture.team.edit("dev", rule, &exception);
    // A day may begin meanwhile.
    let named = |text: &str| {
        let note = "the exception `api from 203.0.113.0/24 port 8443` ends in ";
        text.contains(note) && text.contains(&format!("days, on {until}"))
    };
    for command in
        [&["plan", "dev"][..], &["plan", "dev", "--output", "markdown"], &["status", "dev"], &["firewall", "dev"]]
    {
        let run = fixture.ops(command);
        assert!(run.exit_code == Some(0) && named(&run.stdout), "{run}");
    }
    let (plan, status) = (fixture.json(&["plan", "dev"]), fixture.json(&["status", "dev"]));
    let environment = &status["environments"][0];
    for document in [&plan, environment, &fixture.json(&["firewall", "dev"])] {
        let exception = &document["ending_exceptions"][0];
        assert_eq!(exception["until"], until.to_string(), "{document}");
        assert_eq!(exception["name"], "api from 203.0.113.0/24 port 8443", "{document}");
    }
}

fn declared(arguments: &[&str]) -> Run {
    let team = Team::usual(Vec::new());
    let arguments = [&["firewall", "dev", "--declared"], arguments].concat();
    team.run(&team.ops(&arguments).output().expect("ops starts"))
}

#[test]
fn the_declaration_alone_needs_no_account() {
    assert_snapshot!("declared_map", declared(&[]));
    assert_snapshot!("declared_yes", declared(&["--can", "load_balancer", "api", "8080"]));
    assert_snapshot!("declared_no", declared(&["--can", "203.0.113.7", "api", "8080"]));
    let run = declared(&["--can", "internet", "load_balancer", "80", "--output", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        (&answer["allowed"], &answer["ingress"]["by"][0]["rule"]),
        (&true.into(), &"tcp 80 from internet".into())
    );
}

#[test]
fn a_question_that_is_none_is_a_wrong_command_line() {
    for (asked, says) in [
        (["nobody", "api", "80"], "`nobody` is not known to the firewall"),
        (["internet", "10.0.0.1", "80"], "neither of the two is of this environment"),
        (["internet", "api", "0"], "`0` is not a port"),
        (["internet", "api", "65536"], "`65536` is not a port"),
    ] {
        let [from, to, port] = asked;
        let run = declared(&["--can", from, to, port]);
        assert_eq!(run.exit_code, Some(64), "{run}");
        assert!(run.stderr.contains(says), "{run}");
    }
}
