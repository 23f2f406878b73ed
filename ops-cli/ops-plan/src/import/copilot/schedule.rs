//! When a job runs.

use ops_model::declaration::Schedule;

use super::manifest::{Section, seconds};

pub(super) fn schedule(manifest: &mut Section) -> Option<Schedule> {
    let mut on = manifest.section("on");
    let written = on.take_text("schedule");
    let at = written.as_deref().and_then(expression);
    if at.is_none() && written.as_deref().is_some_and(|written| written != "none") {
        on.note("schedule", "not taken over: write it as `cron(0 3 * * ? *)` or `rate(1 hour)`");
    }
    manifest.close(on);
    if manifest.take("retries").is_some() {
        manifest.note("retries", "not taken over: ops starts a task anew that could not start, not one that failed");
    }
    Some(Schedule {
        at: at?,
        time_zone: "UTC".to_owned(),
        flexible_minutes: 0,
        retries: 3,
        maximum_age_seconds: 3600,
        enabled: true,
    })
}

/// EventBridge's own expressions, `@daily` and its like, `@every`, and the five fields of cron.
fn expression(written: &str) -> Option<String> {
    let fixed = match written {
        "@yearly" | "@annually" => "cron(0 0 1 1 ? *)",
        "@monthly" => "cron(0 0 1 * ? *)",
        "@weekly" => "cron(0 0 ? * 1 *)",
        "@daily" | "@midnight" => "cron(0 0 * * ? *)",
        "@hourly" => "cron(0 * * * ? *)",
        _ => "",
    };
    if !fixed.is_empty() {
        return Some(fixed.to_owned());
    }
    if ["cron(", "rate(", "at("].iter().any(|form| written.starts_with(form)) && written.ends_with(')') {
        return Some(written.to_owned());
    }
    if let Some(every) = written.strip_prefix("@every ") {
        let minutes = seconds(every).filter(|seconds| *seconds >= 60 && seconds % 60 == 0)? / 60;
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        return Some(format!("rate({minutes} {unit})"));
    }
    let fields: Vec<&str> = written.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
    // EventBridge wants a `?` for one of the two days, and counts weekdays from 1, which is Sunday.
    let (day, weekday) = match (*day, *weekday) {
        (day, "*") => (day, "?".to_owned()),
        ("*", weekday) => ("?", weekdays(weekday)?),
        _ => return None,
    };
    Some(format!("cron({minute} {hour} {day} {month} {weekday} *)"))
}

/// Names stay; numbers from 0 to 6 go up by one.
fn weekdays(field: &str) -> Option<String> {
    if field.bytes().all(|byte| byte.is_ascii_alphabetic() || b",-".contains(&byte)) {
        return Some(field.to_owned());
    }
    let days = field.split(',').map(|part| {
        let ends = part.split('-').map(|day| day.parse::<u32>().ok().filter(|day| *day <= 7).map(|day| day % 7 + 1));
        Some(ends.collect::<Option<Vec<_>>>()?.iter().map(u32::to_string).collect::<Vec<_>>().join("-"))
    });
    Some(days.collect::<Option<Vec<_>>>()?.join(","))
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn fields_of_cron_become_eventbridges() {
        let of = |written: &str| expression(written).unwrap_or_default();
        assert_eq!(of("0 3 * * *"), "cron(0 3 * * ? *)");
        assert_eq!(of("*/5 9-17 * * 1-5"), "cron(*/5 9-17 ? * 2-6 *)");
        assert_eq!(of("0 0 * * MON,0"), "");
        assert_eq!(of("@every 90m"), "rate(90 minutes)");
        assert_eq!(of("rate(1 hour)"), "rate(1 hour)");
        assert_eq!(of("0 0 1 * 1"), "", "EventBridge knows no day that is both");
    }
}
