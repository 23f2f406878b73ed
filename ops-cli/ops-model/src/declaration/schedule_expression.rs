//! When something happens by the clock: `cron(...)`, `rate(...)` or `at(...)`, as EventBridge Scheduler and Application
//! Auto Scaling read it.
//!
//! <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>

use std::ops::RangeInclusive;

use jiff::civil::DateTime;

/// Why AWS would refuse an expression, in a few words, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) label: String,
    pub(super) remedy: String,
}

impl Slip {
    fn new(label: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { label: label.into(), remedy: remedy.into() }
    }
}

/// The slip in an expression; `None` when AWS takes it, and when it is none at all, which the schema says.
pub(super) fn slip(expression: &str) -> Option<Slip> {
    let (kind, rest) = expression.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    match kind {
        "cron" => slip_of_cron(inside),
        "rate" => slip_of_rate(inside),
        "at" => slip_of_moment(inside),
        _ => None,
    }
}

/// One field of a cron expression.
struct Field {
    name: &'static str,
    numbers: RangeInclusive<u16>,
    /// Words for numbers, from the lowest on.
    words: &'static [&'static str],
    /// Whether `5/10` means every tenth from the fifth on.
    has_steps: bool,
    /// Whether it is one of the two that say a day, one of which is `?`.
    is_day: bool,
    /// What else an item may be.
    is_special: fn(&Self, &str) -> bool,
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fn field(name: &'static str, numbers: RangeInclusive<u16>, words: &'static [&'static str]) -> Field {
    Field { name, numbers, words, has_steps: true, is_day: false, is_special: |_, _| false }
}

/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based>
const FIELDS: [Field; 6] = [
    field("minute", 0..=59, &[]),
    field("hour", 0..=23, &[]),
    Field { is_day: true, is_special: is_special_day_of_month, ..field("day of the month", 1..=31, &[]) },
    field("month", 1..=12, MONTHS),
    Field {
        is_day: true,
        has_steps: false,
        is_special: is_special_day_of_week,
        ..field("day of the week", 1..=7, DAYS)
    },
    field("year", 1970..=2199, &[]),
];

/// The last day, the last working day, the working day next to a day.
fn is_special_day_of_month(field: &Field, item: &str) -> bool {
    matches!(item, "L" | "LW") || item.strip_suffix('W').is_some_and(|day| field.is_value(day))
}

/// The last day of a week, the last Friday of a month, the third Friday of a month.
fn is_special_day_of_week(field: &Field, item: &str) -> bool {
    let is_last = item == "L" || item.strip_suffix('L').is_some_and(|day| field.is_value(day));
    let is_counted = item
        .split_once('#')
        .is_some_and(|(day, week)| field.is_value(day) && matches!(week, "1" | "2" | "3" | "4" | "5"));
    is_last || is_counted
}

impl Field {
    fn takes(&self, written: &str) -> bool {
        written == "*"
            || (self.is_day && written == "?")
            || written.to_ascii_uppercase().split(',').all(|item| self.takes_item(item))
    }

    fn takes_item(&self, item: &str) -> bool {
        let (span, step) = item.split_once('/').map_or((item, None), |(span, step)| (span, Some(step)));
        let is_value_or_span = self.is_value(span)
            || span.split_once('-').is_some_and(|(first, last)| self.is_value(first) && self.is_value(last));
        match step {
            None => is_value_or_span || (self.is_special)(self, item),
            Some(step) => self.has_steps && is_positive(step) && (is_value_or_span || span == "*"),
        }
    }

    fn is_value(&self, value: &str) -> bool {
        let is_number = is_digits(value) && value.len() <= self.numbers.end().to_string().len();
        self.words.contains(&value) || (is_number && value.parse().is_ok_and(|number| self.numbers.contains(&number)))
    }

    fn in_words(&self) -> String {
        let numbers = format!("{} to {}", self.numbers.start(), self.numbers.end());
        match self.words {
            [first, .., last] => format!("{numbers} or {first} to {last}"),
            _ => numbers,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_positive(text: &str) -> bool {
    is_digits(text) && !text.starts_with('0')
}

fn slip_of_cron(inside: &str) -> Option<Slip> {
    let written: Vec<&str> = inside.split(' ').collect();
    if written.len() != FIELDS.len() {
        return Some(Slip::new(
            format!("{} fields", written.len()),
            "write six, with one space between them: minutes, hours, day of the month, month, day of the week, year; \
             every night at three is `cron(0 3 * * ? *)`",
        ));
    }
    let wrong = FIELDS.iter().zip(&written).find(|(field, written)| !field.takes(written));
    if let Some((field, written)) = wrong {
        return Some(Slip::new(
            format!("`{written}` is no {}", field.name),
            format!(
                "write {} for the {}, `*` for all, `1-5` for a span or `1,5` for some",
                field.in_words(),
                field.name
            ),
        ));
    }
    let days = FIELDS.iter().zip(&written).filter(|(field, written)| field.is_day && **written == "?").count();
    (days != 1).then(|| {
        Slip::new(
            if days == 0 { "says the day twice" } else { "says no day" },
            "write `?` for the day of the month or for the day of the week, and not for both",
        )
    })
}

fn slip_of_rate(inside: &str) -> Option<Slip> {
    let (value, unit) = inside.split_once(' ').unwrap_or((inside, ""));
    let is_right = is_positive(value)
        && match unit {
            "minute" | "hour" | "day" => value == "1",
            "minutes" | "hours" | "days" => value != "1",
            _ => false,
        };
    (!is_right).then(|| {
        Slip::new(
            "not a rate",
            "write it like `rate(1 hour)` or `rate(5 minutes)`: minutes, hours or days, one of them in the singular",
        )
    })
}

fn slip_of_moment(inside: &str) -> Option<Slip> {
    // What is read and written again the same has every digit and nothing else.
    let is_moment = inside.parse::<DateTime>().is_ok_and(|moment| moment.to_string() == inside);
    (!is_moment)
        .then(|| Slip::new("not a moment", "write it like `at(2027-01-01T00:00:00)`; `time_zone:` says the zone"))
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn what_aws_takes_has_no_slip() {
        for expression in [
            "cron(0 3 * * ? *)",
            "cron(0,30 */2 1-15/2,L * ? 2199)",
            "cron(5/10 8-18 ? jan-mar,DEC fri#5 *)",
            "cron(59 23 15W 12 ? 1970-2026)",
            "cron(0 0 LW * ? *)",
            "cron(0 0 ? * 7L *)",
            "cron(0 8 ? * MON-FRI *)",
            "cron(05 08 ? 01 SUN *)",
            "cron(0,*/20 3 * * ? *)",
            "rate(1 minute)",
            "rate(100 days)",
            "at(2028-02-29T23:59:59)",
            // The schema has its say.
            "every day",
            "at(",
        ] {
            assert_eq!(slip(expression), None, "{expression}");
        }
    }

    #[test]
    fn slips_are_told() {
        for (expression, label) in [
            ("cron(0 3 * * ?)", "5 fields"),
            ("cron(0  3 * * ? *)", "7 fields"),
            ("cron(0 3 * * * *)", "says the day twice"),
            ("cron(0 3 ? * ? *)", "says no day"),
            ("cron(60 3 * * ? *)", "`60` is no minute"),
            ("cron(0 24 * * ? *)", "`24` is no hour"),
            ("cron(0 3 32 * ? *)", "`32` is no day of the month"),
            ("cron(0 3 0W * ? *)", "`0W` is no day of the month"),
            ("cron(0 3 * 13 ? *)", "`13` is no month"),
            ("cron(0 3 ? * 8 *)", "`8` is no day of the week"),
            ("cron(0 3 ? * MON/2 *)", "`MON/2` is no day of the week"),
            ("cron(0 3 ? * FRI#6 *)", "`FRI#6` is no day of the week"),
            ("cron(0 3 ? * FRIDAY *)", "`FRIDAY` is no day of the week"),
            ("cron(0 3 * * ? 1969)", "`1969` is no year"),
            ("cron(? 3 * * ? *)", "`?` is no minute"),
            ("cron(0/0 3 * * ? *)", "`0/0` is no minute"),
            ("cron(*,5 3 * * ? *)", "`*,5` is no minute"),
            ("cron(005 3 * * ? *)", "`005` is no minute"),
            ("cron(5/x 3 * * ? *)", "`5/x` is no minute"),
            ("cron(1- 3 * * ? *)", "`1-` is no minute"),
            ("cron(, 3 * * ? *)", "`,` is no minute"),
            ("rate(1 hours)", "not a rate"),
            ("rate(2 hour)", "not a rate"),
            ("rate(0 minutes)", "not a rate"),
            ("rate(01 minutes)", "not a rate"),
            ("rate(2 weeks)", "not a rate"),
            ("rate(5)", "not a rate"),
            ("at(2027-02-29T00:00:00)", "not a moment"),
            ("at(2027-02-28T00:00:00Z)", "not a moment"),
            ("at(2027-02-28 00:00:00)", "not a moment"),
            ("at(2027-02-28T24:00:00)", "not a moment"),
            ("at(2027-02-28T00:00:60)", "not a moment"),
            ("at(2027-02-28)", "not a moment"),
        ] {
            assert_eq!(slip(expression).map(|slip| slip.label).as_deref(), Some(label), "{expression}");
        }
    }
}
