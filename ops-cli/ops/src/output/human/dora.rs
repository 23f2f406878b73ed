use jiff::Timestamp;
use ops_plan::dora::{Dora, Spread};
use owo_colors::OwoColorize as _;

use super::words::{counted, duration};
use crate::command::EnvironmentDora;

/// The four figures of each environment, one below the other.
pub(crate) fn dora(environments: &[EnvironmentDora]) -> String {
    let texts = environments.iter().map(|of| match &of.result {
        Ok(figures) => environment(&of.environment, figures),
        Err(_) => format!("{}: cannot be read, see below\n", of.environment.bold()),
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn environment(name: &str, dora: &Dora) -> String {
    let Dora {
        period,
        succeeded,
        failed,
        without_verdict,
        a_week,
        lead_times,
        lead_times_unknown,
        failure_rate,
        restore_times,
        failing_since,
    } = dora;
    let verdicts = succeeded + failed;
    let frequency = match a_week {
        Some(a_week) => format!("{a_week:.1} a week ({} succeeded)", deployments(*succeeded)),
        None => format!("not enough data: {} succeeded, in less than 7 days", deployments(*succeeded)),
    };
    let unknown = match lead_times_unknown {
        0 => String::new(),
        unknown => format!("; {unknown} could not be determined"),
    };
    let rate = match failure_rate {
        Some(rate) => format!("{:.0} % ({failed} of {})", rate * 100.0, deployments(verdicts)),
        None => format!("not enough data: {failed} of {}", deployments(verdicts)),
    };
    let day = |moment: Timestamp| moment.strftime("%Y-%m-%d").to_string();
    let mut text = format!("{}, {} to {}\n", name.bold(), day(period.since), day(period.until));
    text.push_str(&format!("  deployment frequency   {frequency}\n"));
    text.push_str(&format!(
        "  lead time for changes  {}{unknown}\n",
        spread(lead_times, &counted(lead_times.values, "commit"))
    ));
    text.push_str(&format!("  change failure rate    {rate}\n"));
    text.push_str(&format!(
        "  time to restore        {}\n",
        spread(restore_times, &format!("{} restored", restore_times.values))
    ));
    if *without_verdict > 0 {
        let deployments = deployments(*without_verdict);
        text.push_str(&format!(
            "  {deployments} without a verdict (superseded, interrupted, timed out, paused) left out\n"
        ));
    }
    if let Some(since) = failing_since {
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        text.push_str(&format!(
            "  {} no deployment has succeeded since the one that failed at {since}\n",
            "note:".yellow()
        ));
    }
    text
}

fn deployments(count: u32) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "deployment")
}

/// `stands_on`: the values, counted.
fn spread(of: &Spread, stands_on: &str) -> String {
    let Spread { values: _, median, percentile_90 } = of;
    match (median, percentile_90) {
        (None, _) => format!("not enough data: {stands_on}"),
        (Some(median), None) => format!("median {} ({stands_on})", duration(*median)),
        (Some(median), Some(percentile)) => {
            format!("median {}, 9 of 10 within {} ({stands_on})", duration(*median), duration(*percentile))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use ops_plan::dora::Period;

    use super::*;
    use crate::output::json_v1;

    fn figures() -> Vec<EnvironmentDora> {
        let period = Period {
            since: "2026-01-01T00:00:00Z".parse().expect("a time"),
            until: "2026-01-31T12:00:00Z".parse().expect("a time"),
        };
        let hours = |hours: i64| Some(SignedDuration::from_hours(hours));
        let rich = Dora {
            period,
            succeeded: 18,
            failed: 2,
            without_verdict: 1,
            a_week: Some(4.2),
            lead_times: Spread { values: 17, median: hours(5), percentile_90: hours(75) },
            lead_times_unknown: 2,
            failure_rate: Some(0.1),
            restore_times: Spread { values: 3, median: Some(SignedDuration::from_secs(754)), percentile_90: None },
            failing_since: "2026-01-30T03:04:05Z".parse().ok(),
        };
        let poor = Dora {
            succeeded: 1,
            failed: 0,
            without_verdict: 0,
            a_week: None,
            lead_times: Spread { values: 1, ..Spread::default() },
            lead_times_unknown: 0,
            failure_rate: None,
            restore_times: Spread::default(),
            failing_since: None,
            ..rich.clone()
        };
        let of = |environment: &str, dora| EnvironmentDora { environment: environment.to_owned(), result: Ok(dora) };
        vec![of("dev", rich), of("prod", poor)]
    }

    #[test]
    fn figures_come_with_what_they_stand_on() {
        insta::assert_snapshot!("human", anstream::adapter::strip_str(&dora(&figures())));
    }

    #[test]
    fn programs_get_the_same_in_seconds() {
        let document = serde_json::to_string_pretty(&json_v1::dora(&figures())).expect("it serialises");
        insta::assert_snapshot!("json", document);
    }
}
