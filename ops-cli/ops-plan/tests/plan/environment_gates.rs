//! When a plan is held for what it is the moment, and for builds that have not shown themselves.

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use ops_model::declaration::{Build, ClockTime, Day, Gates, Promotion, Window};
use ops_model::plan::{Gate, MissingSoak};
use ops_plan::environment_gates::{brought, by_the_clock, deploys, unsoaked};
use proptest::prelude::*;
use serde_json::json;

use crate::fixture::{FULL, Fixture};

const DAYS: [Day; 7] =
    [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];

/// Zones whose clocks are put at different times of the year, by an hour and by half of one, or never.
const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"];

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn gates(yaml: &str) -> Gates {
    serde_yaml::from_str(yaml).expect("gates")
}

fn held(gates: Gates, now: &str) -> Vec<Gate> {
    let mut fixture = Fixture::new();
    fixture.environment.gates = gates;
    by_the_clock(&fixture.environment, moment(now))
}

fn opens_at(window: &str, now: &str) -> Option<String> {
    let gates = gates(&format!("windows: [{window}]"));
    let [Gate::Windows { opens_at, .. }] = held(gates, now)[..] else { return None };
    Some(opens_at.expect("it opens within two weeks").to_string())
}

#[test]
fn a_freeze_holds_from_its_first_moment_until_its_last() {
    let freeze =
        || gates("freeze: { reason: holidays, from: 2026-12-23T18:00:00+09:00, until: 2027-01-04T09:00:00+09:00 }");
    assert_eq!(held(freeze(), "2026-12-23T08:59:59Z"), []);
    let until = moment("2027-01-04T00:00:00Z");
    let gate = Gate::Freeze { reason: "holidays".to_owned(), until };
    assert_eq!(held(freeze(), "2026-12-23T09:00:00Z"), std::slice::from_ref(&gate));
    assert_eq!(held(freeze(), "2027-01-03T23:59:59Z"), [gate]);
    assert_eq!(held(freeze(), "2027-01-04T00:00:00Z"), []);
    assert_eq!(held(gates("freeze: { reason: now, until: 2027-01-04T09:00:00Z }"), "1999-01-01T00:00:00Z").len(), 1);
}

#[test]
fn a_window_is_open_by_the_clocks_of_its_zone() {
    let office = "{ days: [monday, friday], from: '09:00', to: '17:00', time_zone: Europe/Berlin }";
    // 2026-11-23 is a Monday; Berlin is an hour ahead in winter.
    assert_eq!(opens_at(office, "2026-11-23T07:59:59Z").as_deref(), Some("2026-11-23T08:00:00Z"));
    assert_eq!(opens_at(office, "2026-11-23T08:00:00Z"), None);
    assert_eq!(opens_at(office, "2026-11-23T15:59:59Z"), None);
    assert_eq!(opens_at(office, "2026-11-23T16:00:00Z").as_deref(), Some("2026-11-27T08:00:00Z"));
    assert_eq!(opens_at(office, "2026-07-10T15:00:00Z").as_deref(), Some("2026-07-13T07:00:00Z"), "two in summer");
}

#[test]
fn a_window_may_go_past_midnight_or_last_all_day() {
    let night = "{ days: [sunday], from: '22:00', to: '04:00', time_zone: UTC }";
    assert_eq!(opens_at(night, "2026-11-22T21:59:00Z").as_deref(), Some("2026-11-22T22:00:00Z"));
    assert_eq!(opens_at(night, "2026-11-23T03:59:59Z"), None, "Monday morning is part of Sunday's");
    assert_eq!(opens_at(night, "2026-11-23T04:00:00Z").as_deref(), Some("2026-11-29T22:00:00Z"));
    let day = "{ days: [sunday], from: '00:00', to: '24:00', time_zone: UTC }";
    assert_eq!(opens_at(day, "2026-11-22T23:59:59Z"), None);
    assert_eq!(opens_at(day, "2026-11-23T00:00:00Z").as_deref(), Some("2026-11-29T00:00:00Z"));
}

#[test]
fn clocks_that_are_put_open_no_window_too_early_and_leave_none_out() {
    // Berlin's clocks go from 02:00 to 03:00 on 2027-03-28, a Sunday, and from 03:00 to 02:00 on 2026-10-25.
    let window =
        |from: &str, to: &str| format!("{{ days: [sunday], from: '{from}', to: '{to}', time_zone: Europe/Berlin }}");
    let in_the_gap = window("02:30", "05:00");
    assert_eq!(opens_at(&in_the_gap, "2027-03-28T00:00:00Z").as_deref(), Some("2027-03-28T01:00:00Z"), "at 03:00");
    let left_out = window("02:10", "02:50");
    assert_eq!(opens_at(&left_out, "2027-03-27T12:00:00Z").as_deref(), Some("2027-04-04T00:10:00Z"), "a week later");
    let shown_twice = window("02:00", "02:30");
    assert_eq!(opens_at(&shown_twice, "2026-10-24T23:00:00Z").as_deref(), Some("2026-10-25T00:00:00Z"));
    assert_eq!(opens_at(&shown_twice, "2026-10-25T00:30:00Z").as_deref(), Some("2026-10-25T01:00:00Z"), "once more");
}

#[test]
fn of_several_windows_the_first_to_open_is_named_with_its_zone() {
    let two = gates(
        "windows: [{ days: [tuesday], from: '09:00', to: '10:00', time_zone: Europe/Berlin }, { days: [tuesday], from: '09:00', to: '10:00', time_zone: Asia/Seoul }]",
    );
    let opens_at = Some(moment("2026-11-24T00:00:00Z"));
    assert_eq!(
        held(two.clone(), "2026-11-23T12:00:00Z"),
        [Gate::Windows { opens_at, time_zone: "Asia/Seoul".to_owned() }]
    );
    assert_eq!(held(two, "2026-11-24T08:30:00Z"), []);
}

fn clock_time(minutes: u16) -> ClockTime {
    ClockTime::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60)).expect("a time")
}

fn window() -> impl Strategy<Value = Window> {
    let times = (0_u16..1440, 0_u16..=1440).prop_filter("it lasts", |(from, to)| from != to);
    let days = proptest::sample::subsequence(DAYS.to_vec(), 1..=7);
    (days, times, proptest::sample::select(&ZONES[..])).prop_map(|(days, (from, to), time_zone)| Window {
        days: days.into_iter().collect(),
        from: clock_time(from),
        to: clock_time(to),
        time_zone: time_zone.to_owned(),
    })
}

/// Windows, and a moment of three years in minutes since 1970.
fn windows_and_minute() -> impl Strategy<Value = (Vec<Window>, i64)> {
    (prop::collection::vec(window(), 1..3), 29_000_000_i64..30_600_000)
}

/// A window that begins when clocks are put, or about then, and a moment of the days around it.
fn window_at_a_put() -> impl Strategy<Value = (Vec<Window>, i64)> {
    let zone = |name: &str| TimeZoneDatabase::bundled().get(name).expect("a zone");
    let puts: Vec<_> = ZONES
        .iter()
        .flat_map(|name| {
            let puts: Vec<_> =
                zone(name).following(moment("2026-01-01T00:00:00Z")).take(6).map(|put| put.timestamp()).collect();
            puts.into_iter().map(|put| (*name, put))
        })
        .collect();
    (window(), proptest::sample::select(puts), -90_i16..90, 10_u16..90, -3000_i64..1500).prop_map(
        move |(window, (name, put), offset, lasts, minutes)| {
            let clock = zone(name).to_datetime(put);
            let shown = i16::from(clock.hour()) * 60 + i16::from(clock.minute());
            let from = u16::try_from((shown + offset).rem_euclid(1440)).expect("a time");
            let (from, to) = (clock_time(from), clock_time((from + lasts) % 1440));
            (vec![Window { from, to, time_zone: name.to_owned(), ..window }], put.as_second() / 60 + minutes)
        },
    )
}

/// Whether a moment is inside, by the minutes of a week.
fn is_inside(window: &Window, moment: Timestamp) -> bool {
    const WEEK: i32 = 7 * 1440;
    let zone = TimeZoneDatabase::bundled().get(&window.time_zone).expect("a zone");
    let clock = moment.to_zoned(zone);
    let minute = i32::from(clock.weekday().to_monday_zero_offset()) * 1440
        + i32::from(clock.hour()) * 60
        + i32::from(clock.minute());
    let (from, to) = (i32::from(window.from.minutes()), i32::from(window.to.minutes()));
    let lasts = if to > from { to - from } else { to + 1440 - from };
    let begins = (0..).zip(DAYS).filter(|(_, day)| window.days.contains(day)).map(|(day, _)| day * 1440 + from);
    begins.into_iter().any(|begin| (minute - begin).rem_euclid(WEEK) < lasts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_moment_is_held_exactly_when_it_is_in_no_window(
        (windows, minute) in prop_oneof![windows_and_minute(), window_at_a_put()],
    ) {
        let now = Timestamp::from_second(minute * 60).expect("a moment");
        let mut fixture = Fixture::new();
        fixture.environment.gates.windows.clone_from(&windows);
        let inside = |moment: Timestamp| windows.iter().any(|window| is_inside(window, moment));
        match by_the_clock(&fixture.environment, now).as_slice() {
            [] => prop_assert!(inside(now)),
            [Gate::Windows { opens_at: Some(opens_at), .. }] => {
                prop_assert!(inside(*opens_at));
                let mut moment = now;
                while moment < *opens_at {
                    prop_assert!(!inside(moment), "{moment} is inside, and {opens_at} was named");
                    moment += 1.minute();
                }
                prop_assert_eq!(moment, *opens_at);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn what_is_under_way_or_in_sync_is_not_held() {
    let mut fixture = Fixture::deployed();
    assert!(!deploys(&fixture.plan()));
    fixture.push_build('b', "1.1.0");
    assert!(deploys(&fixture.plan()));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    for service in ["api", "worker"] {
        let rollout = fixture.service(service).rollout.as_mut().expect("it has one");
        rollout.status = ops_model::rollout::RolloutStatus::InProgress;
        fixture.service(service).settled = false;
    }
    let plan = fixture.plan();
    assert!(!plan.in_sync() && !deploys(&plan), "{plan:?}");
}

#[test]
fn a_plan_brings_the_builds_that_do_not_run_yet() {
    let brought = |fixture: &Fixture| -> Vec<String> {
        brought(fixture.inputs(), &fixture.plan()).into_keys().map(str::to_owned).collect()
    };
    assert_eq!(brought(&Fixture::new()), ["app"]);
    assert_eq!(brought(&Fixture::of(FULL)), ["app"]);
    let mut fixture = Fixture::deployed();
    fixture.setting("api", "desiredCount", json!(7));
    fixture.container("worker").insert("command".to_owned(), json!(["other"]));
    assert!(!fixture.plan().in_sync());
    assert_eq!(brought(&fixture), Vec::<String>::new(), "other settings of the same build");
    fixture.push_build('b', "1.1.0");
    assert_eq!(brought(&fixture), ["app"]);
    let mut fixture = Fixture::deployed();
    fixture.environment.services.clear();
    fixture.push_build('b', "1.1.0");
    assert_eq!(brought(&fixture), Vec::<String>::new(), "nothing runs it");
}

#[test]
fn a_build_has_to_come_from_elsewhere_and_to_have_run_there() {
    const EVIDENCE: &str = "01KAR1Y0000000000000000000";
    let promotion = Promotion { from: "dev".to_owned(), soak_minutes: 60, approvals: 0 };
    let build = |from: Option<&str>, evidence: Option<&str>| -> Build {
        let build = json!({
            "image": "registry.example/slipway/app", "digest": format!("sha256:{}", "a".repeat(64)), "version": "1.0.0",
            "promoted_from": from, "evidence": evidence,
        });
        serde_json::from_value(build).expect("a build")
    };
    let missing = |build: &Build, now: Timestamp| match unsoaked(&promotion, "app", build, now) {
        Some(Gate::Soak { missing, .. }) => Some(missing),
        _ => None,
    };
    let soaked = build(Some("dev"), Some(EVIDENCE));
    let Some(MissingSoak::Time { opens_at, .. }) = missing(&soaked, Timestamp::UNIX_EPOCH) else { panic!("too early") };
    assert_eq!(opens_at.to_string(), "2025-11-23T10:50:12.992Z", "an hour after the record begins");
    assert!(missing(&soaked, opens_at - SignedDuration::from_secs(1)).is_some());
    assert_eq!(missing(&soaked, opens_at), None);

    let lacks = |build: &Build| missing(build, Timestamp::MAX);
    assert_eq!(lacks(&build(None, Some(EVIDENCE))), Some(MissingSoak::Promotion { promoted_from: None }));
    let staging = Some("staging".to_owned());
    assert_eq!(lacks(&build(Some("staging"), Some(EVIDENCE))), Some(MissingSoak::Promotion { promoted_from: staging }));
    assert_eq!(lacks(&build(Some("dev"), None)), Some(MissingSoak::Evidence { evidence: None }));
    let evidence = Some("yes".to_owned());
    assert_eq!(lacks(&build(Some("dev"), Some("yes"))), Some(MissingSoak::Evidence { evidence }));
}

#[test]
fn the_declaration_says_how_much_may_be_deleted_at_once() {
    let mut fixture = Fixture::deployed();
    fixture.environment.services.remove("worker");
    fixture.apply_terraform();
    assert_eq!(fixture.plan().gates, [], "one of two is not more than half");
    fixture.environment.gates.deletions_percent = 49;
    let services = vec!["worker".to_owned()];
    assert_eq!(fixture.plan().gates, [Gate::Deletions { services, owned: 2 }]);
    fixture.environment.gates.deletions_percent = 100;
    fixture.environment.services.clear();
    fixture.apply_terraform();
    assert_eq!(fixture.plan().gates, []);
}
