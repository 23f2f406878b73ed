//! What the parts of a declaration mean: everything that can be said, as little as can be said, and the bounds between
//! right and wrong.

use std::fs;
use std::path::Path;

use ops_model::declaration::{
    CloseHoles, ContainerInsights, Declaration, Endpoint, Faults, FlowLogs, Nat, PriceClass, Protocol, SourceFile,
    Thresholds, Zone, read,
};
use proptest::prelude::*;

const BARE: &str = "\
version: 1
environment: dev
account: \"000000000000\"
region: ap-northeast-2
ops_bucket: slipway-dev-ops
network: { cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }
";

const PUBLIC_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtzlN4dV+j+Y32oHTHdtD
Ny12PgqSu6PDynaqpm3GdBZqeNl8lTTyeIOoTAjMW8iodo/1h04x6Yp7axzEIpKT
M27XrbmrRTkfUm1BW+KV7JASmyKvClbY9xQnQeIpfE26Ba2H1UXBhycDcKVbzoQa
2TILsWMZlq0Qw+tfJekPlLK9bo0CQyherZP+zc5UbhGP9IJrGJpTyXcj1El9NdXD
g44JvRf9BsxrR96hdbeimAe5XrnRIqZ6f3cImyS2G9sdJP+/lU0Qf67jZP0LLcQH
o0PNvWHpeogXwlaxoCcpdpHRksxLBneD195XxkzVAVGU4dANYW3ef1lv/B39jN3h
YQIDAQAB
-----END PUBLIC KEY-----
";

fn read_text(text: &str) -> Result<Declaration, Faults> {
    let builds = SourceFile::new("builds.yaml", "version: 1\nartifacts: {}\n");
    read("dev", &SourceFile::new("environment.yaml", text), &builds)
}

fn read_with(parts: &str) -> Result<Declaration, Faults> {
    read_text(&format!("{BARE}{parts}"))
}

/// Code, and the text that is underlined.
fn faults(parts: &str) -> Vec<(&'static str, String)> {
    let Err(faults) = read_with(parts) else { return Vec::new() };
    let text = format!("{BARE}{parts}");
    let about =
        |span: Option<std::ops::Range<usize>>| span.and_then(|span| text.get(span)).unwrap_or_default().to_owned();
    faults.faults.into_iter().map(|fault| (fault.code, about(fault.span))).collect()
}

fn codes(parts: &str) -> Vec<&'static str> {
    faults(parts).into_iter().map(|(code, _)| code).collect()
}

fn service(name: &str) -> String {
    format!("  {name}: {{ artifact: app, cpu: 256, memory: 512 }}\n")
}

fn uploads(key_name: &str, key: &str) -> String {
    let key: String = key.lines().map(|line| format!("        {line}\n")).collect();
    format!(
        "uploads:\n  files:\n    services: [api]\n    public_keys:\n      {key_name}: |\n{key}services:\n{}",
        service("api")
    )
}

#[test]
fn everything_that_can_be_said_is_understood() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../terraform/modules/declaration/tests/right.yaml");
    let text = fs::read_to_string(path).expect("Terraform's case is there");
    let environment = read_text(&text).expect("it has no faults").environment;

    assert_eq!(environment.network.nat, Nat::PerZone);
    assert_eq!(environment.network.endpoints.len(), 8);
    assert!(environment.network.endpoints.contains(&Endpoint::EcsExec));
    assert_eq!(environment.network.flow_logs, FlowLogs::All);
    assert_eq!(environment.logs.retention_days, 3653);
    assert_eq!(environment.cluster.container_insights, ContainerInsights::Enhanced);
    let domain = environment.domain.expect("a domain");
    assert_eq!((domain.name.as_str(), domain.zone), ("dev.slipway.example", Zone::Existing));
    let load_balancer = environment.load_balancer.expect("a load balancer");
    assert_eq!((load_balancer.port, load_balancer.protocol), (443, Protocol::Https));
    let database = environment.database.expect("a database");
    assert_eq!((database.storage_gb, database.maximum_storage_gb), (100, Some(110)));
    assert_eq!((database.multi_zone, database.replicas, database.backup_days), (true, 15, 35));
    assert_eq!(database.parameters["max_connections"], "200");
    assert_eq!(environment.secrets.len(), 2);
    let queue = &environment.queues["reconcile"];
    assert!(queue.send.contains("api") && queue.receive.contains("worker") && !queue.fifo);
    assert_eq!(environment.sites["console"].price_class, PriceClass::All);
    let uploads = &environment.uploads["attachments"];
    assert_eq!((uploads.public_keys.len(), uploads.expire_days), (2, Some(3650)));
    assert!(environment.alarms.is_some());
    assert!(environment.records.is_some());
}

#[test]
fn what_is_not_said_has_its_default() {
    let parts = format!(
        "database: {{ engine_version: \"8.0\", instance: db.t4g.micro, schema: app }}\n\
         queues: {{ reconcile: {{}} }}\nsites: {{ console: {{}} }}\nalarms: {{ notify: [a@b.example] }}\n\
         records: {{}}\ndomain: {{ name: dev.slipway.example }}\nload_balancer: {{ port: 80 }}\n{}",
        uploads("k", PUBLIC_KEY)
    );
    let environment = read_with(&parts).expect("it has no faults").environment;

    assert!(environment.network.endpoints.is_empty());
    assert_eq!(environment.network.flow_logs, FlowLogs::Rejected);
    assert_eq!(environment.logs.retention_days, 30);
    assert_eq!(environment.cluster.container_insights, ContainerInsights::Enabled);
    assert_eq!(environment.domain.expect("a domain").zone, Zone::Create);
    let load_balancer = environment.load_balancer.expect("a load balancer");
    assert_eq!((load_balancer.protocol, load_balancer.host), (Protocol::Http, None));
    let database = environment.database.expect("a database");
    assert_eq!((database.storage_gb, database.maximum_storage_gb), (20, None));
    assert_eq!((database.multi_zone, database.replicas, database.backup_days), (false, 0, 7));
    let queue = &environment.queues["reconcile"];
    assert!(queue.send.is_empty() && queue.receive.is_empty() && queue.fifo);
    assert_eq!((queue.visibility_seconds, queue.retention_days, queue.maximum_receives), (300, 4, 5));
    let site = &environment.sites["console"];
    assert_eq!((site.entry.as_str(), site.single_page, site.price_class), ("index.html", false, PriceClass::Class200));
    assert_eq!((&site.host, &site.error_page, &site.content_security_policy), (&None, &None, &None));
    assert_eq!(environment.uploads["files"].expire_days, None);
    assert_eq!(environment.alarms.expect("alarms").thresholds, Thresholds::default());
    assert_eq!(environment.records.expect("records").lock_days, None);
}

#[test]
fn nothing_but_services_reaches_a_database_on_its_port() {
    let rules = |group: &str, from: &str, port: u16| {
        format!(
            "load_balancer: {{ port: 80 }}\n\
             database: {{ engine_version: \"8.4\", instance: db.t4g.micro, schema: app }}\n\
             firewall: {{ {group}: [{{ from: {from}, port: {port} }}] }}\nservices:\n{}",
            service("api")
        )
    };
    assert_eq!(codes(&rules("database", "api", 3306)), Vec::<&str>::new());
    for from in ["internet", "load_balancer", "10.10.0.0/16", "0.0.0.0/0", "database", "nobody"] {
        let found = faults(&rules("database", from, 3306));
        assert_eq!(found, [("declaration::firewall_source", from.to_owned())]);
    }
    for port in [3305, 3307, 33060, 1] {
        assert_eq!(faults(&rules("database", "api", port)), [("declaration::firewall_port", port.to_string())]);
    }
    assert_eq!(faults(&rules("api", "database", 3306)), [("declaration::firewall_source", "database".to_owned())]);
}

/// Faults of a rule of `api`'s, and of the same one under `database`.
fn firewall_faults(rule: &str) -> [Vec<(&'static str, String)>; 2] {
    ["api", "database"].map(|group| {
        faults(&format!(
            "database: {{ engine_version: \"8.4\", instance: db.t4g.micro, schema: app }}\n\
             firewall: {{ {group}: [{rule}] }}\nservices:\n{}",
            service("api")
        ))
    })
}

#[test]
fn a_range_of_ports_ends_above_its_beginning() {
    assert_eq!(firewall_faults("{ from: internet, port: 80, to_port: 90 }")[0], []);
    for last in ["80", "79"] {
        let [found, _] = firewall_faults(&format!("{{ from: internet, port: 80, to_port: {last} }}"));
        assert_eq!(found, [("declaration::firewall_range", last.to_owned())]);
    }
    let [_, found] = firewall_faults("{ from: api, port: 3306, to_port: 3307 }");
    assert_eq!(found, [("declaration::firewall_range", "to_port".to_owned())]);
    let both = "{ from: internet, port: 80 }, { from: internet, port: 80, to_port: 90 }";
    assert_eq!(firewall_faults(both)[0], [], "one is no repetition of the other");
    let twice = "{ from: internet, port: 80, to_port: 90 }, { from: internet, port: 80, to_port: 90 }";
    assert_eq!(firewall_faults(twice)[0], [("declaration::firewall_repetition", "internet".to_owned())]);
}

#[test]
fn an_exception_ends_with_a_day_of_the_calendar() {
    assert_eq!(firewall_faults("{ from: internet, port: 80, until: \"2028-02-29\" }")[0], []);
    assert_eq!(firewall_faults("{ from: api, port: 3306, until: \"2028-02-29\" }")[1], []);
    for day in ["2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31"] {
        let [found, _] = firewall_faults(&format!("{{ from: internet, port: 80, until: \"{day}\" }}"));
        assert_eq!(found, [("declaration::firewall_until", format!("\"{day}\""))]);
    }
    for other in ["27-01-01", "2027-1-1", "2027-01-01T00:00:00Z", "soon"] {
        let [found, _] = firewall_faults(&format!("{{ from: internet, port: 80, until: \"{other}\" }}"));
        assert_eq!(found.len(), 1, "{other}: {found:?}");
    }
}

#[test]
fn a_prefix_list_has_an_id_and_never_reaches_a_database() {
    for id in ["pl-0123abcd", "pl-0123456789abcdef0"] {
        let [of_api, of_database] = firewall_faults(&format!("{{ from: {id}, port: 3306 }}"));
        assert_eq!(of_api, []);
        assert_eq!(of_database, [("declaration::firewall_source", id.to_owned())]);
    }
    for id in ["pl-0123abc", "pl-0123ABCD", "pl-0123abcg", "pl-"] {
        let [found, _] = firewall_faults(&format!("{{ from: {id}, port: 80 }}"));
        assert_eq!(found, [("declaration::firewall_source", id.to_owned())]);
    }
}

#[test]
fn holes_are_closed_with_the_plan_unless_the_declaration_says_otherwise() {
    let closes = |parts: &str| read_with(parts).expect("no faults").environment.holes.close;
    let services = format!("services:\n{}", service("api"));
    assert_eq!(closes(&services), CloseHoles::WithPlan);
    assert_eq!(closes(&format!("holes: {{ close: at_once }}\n{services}")), CloseHoles::AtOnce);
    assert_eq!(closes(&format!("holes: {{ close: never }}\n{services}")), CloseHoles::Never);
    assert_eq!(codes(&format!("holes: {{ close: sometimes }}\n{services}")), ["declaration::not_an_option"]);
}

#[test]
fn services_have_names_that_mean_nothing_else() {
    for name in ["database", "exec", "flow", "endpoints"] {
        let parts = format!("services:\n{}", service(name));
        assert_eq!(faults(&parts), [("declaration::service_name", name.to_owned())]);
    }
}

#[test]
fn a_load_balancer_has_room_for_a_hundred_services() {
    let parts = |count: u32| {
        let rules: String = (1..=count).map(|n| format!("  s{n}: [{{ from: load_balancer, port: 80 }}]\n")).collect();
        let services: String = (1..=count)
            .map(|n| {
                format!(
                    "  s{n}: {{ artifact: app, cpu: 256, memory: 512, port: 80, public: {{ path: /{n}, priority: {n} }} }}\n"
                )
            })
            .collect();
        format!("load_balancer: {{ port: 80 }}\nfirewall:\n{rules}services:\n{services}")
    };
    assert_eq!(faults(&parts(100)), []);
    assert_eq!(faults(&parts(102)), [("declaration::public_services", "s101".to_owned())]);
}

#[test]
fn the_bucket_is_one_of_its_own() {
    let found = |bucket: &str| {
        let text = BARE.replace("slipway-dev-ops", bucket);
        read_text(&text).err().map(|faults| faults.faults.into_iter().map(|fault| fault.code).collect::<Vec<_>>())
    };
    let taken = ["slipway-dev-logs", "slipway-dev-site-a", "slipway-dev-uploads-a-b", "slipway-state"];
    for name in taken {
        assert_eq!(found(&format!("{name}-000000000000")), Some(vec!["declaration::ops_bucket"]), "{name}");
        assert_eq!(found(&format!("{name}-111111111111")), None, "{name} of another account");
    }
    for name in ["slipway-prod-logs", "slipway-dev-logs-2", "slipway-dev-site", "slipway-dev-ops", "slipway-dev-state"]
    {
        assert_eq!(found(&format!("{name}-000000000000")), None, "{name}");
    }
    for name in ["xn--a", "sthree-a", "amzn-s3-demo-a", "a-s3alias", "a--ol-s3", "a--x-s3", "a--table-s3"] {
        assert_eq!(found(name), Some(vec!["declaration::ops_bucket"]), "{name}");
    }
}

#[test]
fn networks_are_of_addresses_for_hosts() {
    let found = |first: &str| {
        let text = BARE.replace("10.10.0.0", first);
        read_text(&text).err().map(|faults| faults.faults.into_iter().map(|fault| fault.code).collect::<Vec<_>>())
    };
    for first in ["0.0.0.0", "127.255.0.0", "169.254.0.0", "224.0.0.0", "239.1.0.0", "240.0.0.0", "255.255.0.0"] {
        assert_eq!(found(first), Some(vec!["declaration::cidr"]), "{first}");
    }
    for first in ["1.0.0.0", "126.0.0.0", "128.0.0.0", "169.253.0.0", "169.255.0.0", "223.255.0.0"] {
        assert_eq!(found(first), None, "{first}");
    }
}

#[test]
fn only_parameters_that_are_ours_to_set_are_taken() {
    let parameters = |parameters: &str| {
        format!(
            "database: {{ engine_version: \"8.4\", instance: db.t4g.micro, schema: app, parameters: {{ {parameters} }} }}\n"
        )
    };
    // Named like secrets, and none.
    assert_eq!(codes(&parameters("default_password_lifetime: \"90\", password_history: \"5\"")), Vec::<&str>::new());
    assert_eq!(codes(&parameters("require_secure_transport: \"OFF\"")), ["declaration::database_parameter"]);
    assert_eq!(codes(&parameters("init_connect: ghp_0123456789abcdef")), ["declaration::secret_in_plain"]);
}

#[test]
fn a_database_takes_no_password() {
    let parts =
        "database: { engine_version: \"8.4\", instance: db.t4g.micro, schema: app, password: hunter22 }\n".to_owned();
    let faults = read_with(&parts).expect_err("a password");
    assert!(!format!("{faults:?}").contains("hunter22"), "{faults:?}");
}

#[test]
fn public_keys_may_be_called_what_they_are_for() {
    for name in ["signing-key", "private-key", "token", "\"2026-11\"", "\"1\""] {
        assert_eq!(codes(&uploads(name, PUBLIC_KEY)), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn a_key_that_is_not_public_is_never_shown() {
    for key in ["-----BEGIN PRIVATE KEY-----\nMIIEhunter22\n-----END PRIVATE KEY-----\n", "MIIEhunter22", "hunter22"] {
        let parts = uploads("\"2026\"", key);
        assert_eq!(codes(&parts), ["declaration::secret_in_plain"], "{key}");
        assert!(!format!("{:?}", read_with(&parts)).contains("hunter22"), "{key}");
    }
    // No secret, and no key that CloudFront takes.
    let parts = uploads("\"2026\"", &PUBLIC_KEY.replace("PUBLIC", "RSA PUBLIC"));
    let faults = read_with(&parts).expect_err("another form");
    assert_eq!(faults.faults.len(), 1);
    assert_eq!(faults.faults[0].message, "`2026` does not have the form that it needs");
}

proptest! {
    #[test]
    fn storage_grows_by_a_tenth_at_least(storage in 20_u32..=65536, more in 0_u32..=200) {
        let maximum = (storage + storage / 20 + more).min(65536);
        let parts = format!(
            "database: {{ engine_version: \"8.4\", instance: db.t4g.micro, schema: app, \
             storage_gb: {storage}, maximum_storage_gb: {maximum} }}\n"
        );
        let refused = codes(&parts).contains(&"declaration::database_storage");
        prop_assert_eq!(refused, 10 * u64::from(maximum) < 11 * u64::from(storage));
    }

    #[test]
    fn numbers_are_taken_within_their_bounds_alone(value in 0_u64..=100_000) {
        let taken = |parts: String| codes(&parts).is_empty();
        prop_assert_eq!(taken(format!("records: {{ lock_days: {value} }}\n")), (1..=36500).contains(&value));
        prop_assert_eq!(taken(format!("queues: {{ q: {{ visibility_seconds: {value} }} }}\n")), (1..=43200).contains(&value));
        prop_assert_eq!(taken(format!("queues: {{ q: {{ retention_days: {value} }} }}\n")), (1..=14).contains(&value));
        prop_assert_eq!(taken(format!("queues: {{ q: {{ maximum_receives: {value} }} }}\n")), (1..=1000).contains(&value));
        let threshold = |key: &str| format!("alarms: {{ notify: [a@b.example], thresholds: {{ {key}: {value} }} }}\n");
        prop_assert_eq!(taken(threshold("replica_lag_seconds")), (1..=86400).contains(&value));
        prop_assert_eq!(taken(threshold("free_storage_percent")), (1..=99).contains(&value));
        prop_assert_eq!(taken(threshold("cpu_percent")), (1..=100).contains(&value));
    }

    #[test]
    fn hosts_are_taken_once_and_below_a_domain(
        hosts in prop::collection::vec("[ab]", 3), with_domain in any::<bool>(),
    ) {
        let domain = if with_domain { "domain: { name: dev.slipway.example }\n" } else { "" };
        let parts = format!(
            "{domain}load_balancer: {{ port: 80, host: {} }}\nsites: {{ one: {{ host: {} }}, two: {{ host: {} }} }}\n",
            hosts[0], hosts[1], hosts[2]
        );
        let mut distinct = hosts.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let found = codes(&parts);
        let count = |code: &str| found.iter().filter(|found| **found == code).count();
        prop_assert_eq!(count("declaration::host"), hosts.len() - distinct.len());
        prop_assert_eq!(count("declaration::no_domain"), if with_domain { 0 } else { hosts.len() });
        prop_assert_eq!(found.len(), count("declaration::host") + count("declaration::no_domain"));
    }

    #[test]
    fn lists_name_each_thing_once(items in prop::collection::vec("[a-c]", 0..5)) {
        let mut distinct = items.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let services: String = ["a", "b", "c"].map(service).concat();
        let parts = format!("queues: {{ q: {{ send: [{}] }} }}\nservices:\n{services}", items.join(", "));
        let found = codes(&parts);
        prop_assert_eq!(found.len(), items.len() - distinct.len());
        prop_assert!(found.iter().all(|code| *code == "declaration::repetition"));
    }

    #[test]
    fn domains_are_at_most_as_long_as_a_certificate_takes(labels in prop::collection::vec("[a-z0-9]{1,20}", 1..6)) {
        let name = labels.join(".");
        let found = codes(&format!("domain: {{ name: \"{name}\" }}\n"));
        let last_begins_with_a_letter = labels.last().is_some_and(|last| last.starts_with(|first: char| first.is_ascii_lowercase()));
        let taken = labels.len() > 1 && name.len() <= 64 && last_begins_with_a_letter;
        prop_assert_eq!(found.is_empty(), taken, "{}: {:?}", name, found);
    }

    #[test]
    fn what_is_no_place_of_a_secret_is_never_shown(
        secret in "[A-Za-z0-9]{12,30}",
        form in prop::sample::select(vec!["  - {}", "- {}", "  - \"{}\"", "  - smtp: {}", "  - [{}]", "  - {}: smtp", "  smtp: {}"]),
        broken in any::<bool>(),
    ) {
        let item = form.replace("{}", &format!("x{secret}"));
        let parts = format!("secrets:\n{item}\n{}", if broken { "  }{\n" } else { "" });
        let faults = read_with(&parts).expect_err("no place");
        prop_assert!(!format!("{faults:?}").contains(&secret), "{:?}", faults);
        if !broken {
            prop_assert!(faults.faults.iter().any(|fault| fault.code == "declaration::secret_in_plain"), "{:?}", faults);
        }
    }
}

#[test]
fn the_example_of_gates_is_one() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/gates.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let (_, example) = page.split_once("```yaml\n").expect("an example");
    let (example, _) = example.split_once("```").expect("it ends");
    let prod = BARE.replace("environment: dev", "environment: prod").replace("slipway-dev-ops", "slipway-prod-ops");
    let builds = SourceFile::new("builds.yaml", "version: 1\nartifacts: {}\n");
    let read = read("prod", &SourceFile::new("environment.yaml", format!("{prod}{example}")), &builds);
    let gates = read.expect("no fault").environment.gates;
    assert!(gates.freeze.is_some() && gates.windows.len() == 2 && gates.promotion.is_some(), "{gates:?}");
}

#[test]
fn gates_are_looked_at_beyond_their_form() {
    let freeze = |from: &str, until: &str| {
        faults(&format!("gates: {{ freeze: {{ reason: r, from: \"{from}\", until: \"{until}\" }} }}\n"))
    };
    let (before, after) = ("2026-12-23T18:00:00+09:00", "2026-12-23T09:00:01Z");
    assert_eq!(freeze(before, after), []);
    assert_eq!(freeze(after, before), [("declaration::gates", format!("\"{before}\""))]);
    assert_eq!(freeze(before, "2026-12-23T09:00:00Z").len(), 1, "the same moment in another zone");
    assert_eq!(freeze("2026-02-29T00:00:00Z", after), [("declaration::gates", "\"2026-02-29T00:00:00Z\"".to_owned())]);
    assert_eq!(codes("gates: { freeze: { reason: r, until: soon } }\n"), ["declaration::wrong_form"]);

    let window = |from: &str, to: &str, zone: &str| {
        faults(&format!(
            "gates: {{ windows: [{{ days: [monday], from: \"{from}\", to: \"{to}\", time_zone: {zone} }}] }}\n"
        ))
    };
    assert_eq!(window("22:00", "06:00", "UTC"), []);
    assert_eq!(window("00:00", "24:00", "Asia/Seoul"), []);
    assert_eq!(window("09:00", "09:00", "UTC"), [("declaration::gates", "\"09:00\"".to_owned())]);
    assert_eq!(window("24:00", "09:00", "UTC"), [("declaration::gates", "\"24:00\"".to_owned())]);
    assert_eq!(window("24:00", "24:00", "UTC").len(), 1);
    assert_eq!(window("09:00", "17:00", "europe/berlin"), [("declaration::time_zone", "europe/berlin".to_owned())]);
    assert_eq!(codes("gates: { windows: [] }\n"), ["declaration::too_few"]);
    assert_eq!(codes("gates: { promotion: { from: dev } }\n"), ["declaration::gates"]);
    assert_eq!(codes("gates: { promotion: { from: staging, soak_minutes: 129601, approvals: 11 } }\n").len(), 2);
    let defaults = read_with("").expect("no fault").environment.gates;
    assert_eq!((defaults.deletions_percent, defaults.windows.len()), (50, 0));
}
