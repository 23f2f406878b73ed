use insta::assert_snapshot;

use super::*;

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn soak(missing: MissingSoak) -> Gate {
    Gate::Soak {
        artifact: "app".to_owned(),
        version: "1.4.0".to_owned(),
        digest: Digest(format!("sha256:{}", "a".repeat(64))),
        from: "dev".to_owned(),
        missing,
    }
}

fn approvals(needed: u32, approved_by: &[&str]) -> Gate {
    let approved_by = approved_by.iter().map(|name| format!("arn:aws:iam::000000000000:user/{name}")).collect();
    Gate::Approvals { needed, approved_by, fingerprint: "0".repeat(64) }
}

/// Why it holds, when it opens, and how to pass it.
#[test]
fn each_gate_says_what_opens_it() {
    let evidence = || "01KAR1Y0000000000000000000".to_owned();
    let alarm = |name: &str, why: &str| HoldingAlarm { name: name.to_owned(), why: why.to_owned() };
    let windows = |opens_at: Option<&str>, time_zone: &str| Gate::Windows {
        opens_at: opens_at.map(moment),
        time_zone: time_zone.to_owned(),
    };
    let gates = [
        Gate::Freeze { reason: "the holidays".to_owned(), until: moment("2027-01-04T00:00:00Z") },
        windows(Some("2026-11-24T08:00:00Z"), "Europe/Berlin"),
        windows(Some("2026-11-24T08:00:00Z"), "UTC"),
        windows(None, "UTC"),
        Gate::Alarms {
            alarms: vec![alarm("errors", "it is going off already"), alarm("latency", "there is no such alarm")],
        },
        soak(MissingSoak::Promotion { promoted_from: None }),
        soak(MissingSoak::Promotion { promoted_from: Some("staging".to_owned()) }),
        soak(MissingSoak::Evidence { evidence: None }),
        soak(MissingSoak::Evidence { evidence: Some("yes".to_owned()) }),
        soak(MissingSoak::Time { evidence: evidence(), opens_at: moment("2026-11-24T08:00:00Z") }),
        approvals(1, &[]),
        approvals(2, &["ada"]),
        approvals(3, &["ada"]),
    ];
    let texts = gates.map(|gate| text(&gate, "prod"));
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn an_override_that_opens_nothing_says_so() {
    let overridden = |gate, held| GateOverride { gate, reason: "the login is down".to_owned(), held };
    let told = overrides(&[overridden(OverridableGate::Freeze, true), overridden(OverridableGate::Soak, false)]);
    assert_snapshot!(anstream::adapter::strip_str(&told));
}
