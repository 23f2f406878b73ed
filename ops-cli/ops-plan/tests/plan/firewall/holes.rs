//! Every hole in plain words, and how bad it is.

use ops_model::plan::GroupStanding;
use ops_model::security_group::{Direction, Peer, Permission, Protocol};

use super::{RULES, all_traffic, group, ipv4, ipv6, mended, tcp};

/// The words for one rule opened by hand, and whether the hole is dangerous.
fn words(name: &str, permission: Permission) -> (String, bool) {
    let mut fixture = mended(RULES, "");
    fixture.open(name, permission);
    let plan = fixture.plan();
    let [hole] = plan.holes.as_slice() else { panic!("one hole: {:?}", plan.holes) };
    assert_eq!((hole.group.as_str(), &plan.firewall[name]), (name, &GroupStanding::Changes));
    (hole.words.clone(), hole.dangerous)
}

#[test]
fn holes_are_named_in_plain_words() {
    let everyone = || ipv4("0.0.0.0/0");
    let out = |permission: Permission| Permission { direction: Direction::Egress, ..permission };
    let of = |protocol, ports: Option<(i32, i32)>, peer| Permission {
        direction: Direction::Ingress,
        protocol,
        from_port: ports.map(|ports| ports.0),
        to_port: ports.map(|ports| ports.1),
        peer,
    };
    for (name, permission, said, dangerous) in [
        ("database", tcp((3306, 3306), everyone()), "anyone on the internet can reach MySQL (3306) on database", true),
        ("database", tcp((3306, 3306), group("worker")), "worker can reach MySQL (3306) on database", true),
        (
            "database",
            tcp((3300, 3310), group("foreign")),
            "everything in sg-foreign (not of this environment) can reach ports 3300 to 3310, MySQL (3306) among them on database",
            true,
        ),
        (
            "database",
            out(all_traffic(Direction::Egress, everyone())),
            "database can reach everything on the internet",
            true,
        ),
        (
            "database",
            out(tcp((443, 443), ipv4("203.0.113.7/32"))),
            "database can reach HTTPS (443) on 203.0.113.7",
            false,
        ),
        ("api", tcp((22, 22), everyone()), "anyone on the internet can reach SSH (22) on api", true),
        ("api", tcp((8080, 8080), ipv6("::/0")), "anyone on the internet over IPv6 can reach port 8080 on api", true),
        ("api", tcp((22, 22), ipv4("10.0.0.0/8")), "10.0.0.0/8 can reach SSH (22) on api", false),
        ("api", tcp((22, 22), ipv4("203.0.0.0/16")), "203.0.0.0/16 can reach SSH (22) on api", false),
        ("api", tcp((22, 22), ipv4("202.0.0.0/15")), "202.0.0.0/15 can reach SSH (22) on api", true),
        ("api", tcp((22, 22), ipv6("2001:db8::/32")), "2001:db8::/32 can reach SSH (22) on api", false),
        ("api", tcp((22, 22), ipv6("2001:db8::/31")), "2001:db8::/31 can reach SSH (22) on api", true),
        ("api", tcp((22, 22), ipv6("fd00::/8")), "fd00::/8 can reach SSH (22) on api", false),
        (
            "api",
            tcp((8080, 8090), group("load_balancer")),
            "the load balancer can reach ports 8081 to 8090 on api",
            false,
        ),
        ("api", all_traffic(Direction::Ingress, group("worker")), "worker can reach everything on api", false),
        ("api", of(Protocol::UDP, Some((53, 53)), group("worker")), "worker can reach UDP port 53 on api", false),
        (
            "api",
            of(Protocol::ICMP, Some((-1, -1)), group("worker")),
            "worker can reach ping and the rest of ICMP on api",
            false,
        ),
        ("api", of(Protocol::ICMP, Some((8, -1)), group("worker")), "worker can reach ICMP of type 8 on api", false),
        ("api", of(Protocol::Number(50), None, group("worker")), "worker can reach IP protocol 50 on api", false),
        (
            "api",
            tcp((9000, 9000), Peer::PrefixList("pl-ffffffff".to_owned())),
            "everything in the prefix list pl-ffffffff can reach port 9000 on api",
            false,
        ),
        (
            "api",
            tcp((8443, 8443), ipv4("203.0.112.0/23")),
            "203.0.112.0/23 can reach port 8443 on api, of whom the declaration names some",
            false,
        ),
        (
            "api",
            tcp((8443, 8443), ipv4("198.51.100.7/32")),
            "198.51.100.7 can reach port 8443 on api; it was allowed until 2026-10-31 (the old office)",
            false,
        ),
        (
            "load_balancer",
            tcp((22, 22), everyone()),
            "anyone on the internet can reach SSH (22) on the load balancer",
            true,
        ),
        ("load_balancer", out(tcp((22, 22), group("worker"))), "the load balancer can reach SSH (22) on worker", false),
    ] {
        assert_eq!(words(name, permission), (said.to_owned(), dangerous));
    }
}

#[test]
fn rules_that_mean_the_same_are_no_difference() {
    let mut fixture = mended(RULES, "");
    let replace = |fixture: &mut crate::fixture::Fixture, name: &str, from: Permission, to: &[Permission]| {
        let rules = fixture.live.firewall.get_mut(name).expect("a group");
        let before = rules.len();
        rules.retain(|rule| rule.permission != from);
        assert_eq!(rules.len() + 1, before, "{from:?}");
        to.iter().for_each(|permission| fixture.open(name, permission.clone()));
    };
    replace(
        &mut fixture,
        "api",
        tcp((8443, 8443), ipv4("203.0.113.0/24")),
        &[
            tcp((8443, 8443), ipv4("203.0.113.0/25")),
            tcp((8443, 8443), ipv4("203.0.113.64/26")),
            tcp((8443, 8443), ipv4("203.0.113.128/25")),
        ],
    );
    let list = || Peer::PrefixList("pl-0123abcd".to_owned());
    replace(&mut fixture, "api", tcp((9000, 9010), list()), &[tcp((9000, 9004), list()), tcp((9003, 9010), list())]);
    let anywhere = |range: &str| all_traffic(Direction::Egress, ipv4(range));
    replace(&mut fixture, "worker", anywhere("0.0.0.0/0"), &[anywhere("0.0.0.0/1"), anywhere("128.0.0.0/1")]);
    let plan = fixture.plan();
    assert!(plan.in_sync() && plan.holes.is_empty(), "{plan:?}");
    assert!(plan.firewall.values().all(|standing| *standing == GroupStanding::InSync));
}

#[test]
fn a_group_that_nobody_could_read_is_not_one_without_rules() {
    let mut fixture = mended(RULES, "");
    fixture.live.firewall.remove("api");
    fixture.platform.security_groups.remove("worker");
    let plan = fixture.plan();
    assert!(plan.in_sync(), "{:?}", plan.waves);
    assert_eq!(plan.firewall["api"], GroupStanding::Missing { group_id: "sg-api".to_owned() });
    assert_eq!(plan.firewall["worker"], GroupStanding::WaitsForTerraform);

    fixture.live.firewall.clear();
    fixture.live.unread.insert(ops_model::plan::Kind::Firewall, "denied".to_owned());
    let plan = fixture.plan();
    assert!(plan.in_sync() && plan.firewall.is_empty());
}

#[test]
fn a_rule_of_a_group_that_terraform_has_just_made_stays_until_it_has_told() {
    let mut fixture = mended(
        &format!(
            "{}\n  worker: [{{ from: api, port: 80 }}]",
            RULES.replace("from: api, port: 3306", "from: worker, port: 3306")
        ),
        "",
    );
    // The contract does not know the group of `worker` yet; the database's rule names it already.
    fixture.platform.security_groups.remove("worker");
    let plan = fixture.plan();
    assert!(plan.in_sync() && plan.holes.is_empty(), "{plan:?}");
    fixture.open("database", tcp((3306, 3306), ipv4("0.0.0.0/0")));
    assert_eq!(fixture.plan().holes.len(), 1);
}
