use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{self, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{CLOCK_TIME, MOMENT};

/// What has to be so before anything is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// A time in which nothing is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Freeze>,
    /// When deployments may begin: in any of these, at any time when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub windows: Vec<Window>,
    /// Names of CloudWatch alarms: while one of them goes off, is not there or cannot be read, nothing is deployed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(inner(length(min = 1, max = 255)))]
    pub alarms: BTreeSet<String>,
    /// Percentage of the environment's services that may be deleted at once without `--allow-deletions`.
    #[schemars(range(max = 100))]
    pub deletions_percent: u8,
    /// What a build needs before it may be deployed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
}

impl Default for Gates {
    fn default() -> Self {
        Self { freeze: None, windows: Vec::new(), alarms: BTreeSet::new(), deletions_percent: 50, promotion: None }
    }
}

/// A time in which nothing is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Why; whoever is held by it reads this.
    #[schemars(length(max = 255), regex(pattern = r"^[^\x00-\x1f\x7f]+$"))]
    pub reason: String,
    /// First moment, such as `"2026-12-23T18:00:00+09:00"`; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = MOMENT))]
    pub from: Option<Timestamp>,
    /// First moment after it, such as `"2027-01-04T09:00:00+09:00"`.
    #[schemars(with = "String", regex(pattern = MOMENT))]
    pub until: Timestamp,
}

/// A part of the week, by the clocks of one time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Days on which it begins.
    #[schemars(length(min = 1))]
    pub days: BTreeSet<Day>,
    /// When it begins, such as `"09:00"`.
    #[schemars(with = "String", regex(pattern = CLOCK_TIME))]
    pub from: ClockTime,
    /// When it ends, such as `"17:00"`; on the next day when that is before `from`. `"24:00"` is the end of the day.
    #[schemars(with = "String", regex(pattern = CLOCK_TIME))]
    pub to: ClockTime,
    /// Time zone by its IANA name, such as `Europe/Berlin`.
    pub time_zone: String,
}

/// What a build needs before it may be deployed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Environment that it has to be promoted from.
    #[schemars(length(max = 20), regex(pattern = "^[a-z](-?[a-z0-9])*$"))]
    pub from: String,
    /// Minutes that have to pass since the reconcile there that vouches for it began.
    #[serde(default)]
    #[schemars(range(max = 129_600))]
    pub soak_minutes: u32,
    /// How many people have to approve it with `ops approve`.
    #[serde(default)]
    #[schemars(range(max = 10))]
    pub approvals: u32,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// What a clock shows, to the minute: `00:00` to `24:00`, the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime {
    minutes: u16,
}

impl ClockTime {
    /// `None` when it is nothing that a clock shows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let (hours, minutes) =
            text.split_once(':').filter(|(hours, minutes)| is_number(hours) && is_number(minutes))?;
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let since_midnight = hours * 60 + minutes;
        (minutes < 60 && since_midnight <= 24 * 60).then_some(Self { minutes: since_midnight })
    }

    /// Minutes since the day began, by the clock.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.minutes
    }

    /// What a clock shows; `None` for the end of a day, which is the beginning of the next.
    #[must_use]
    pub fn civil(self) -> Option<civil::Time> {
        let (hours, minutes) = (i8::try_from(self.minutes / 60).ok()?, i8::try_from(self.minutes % 60).ok()?);
        civil::Time::new(hours, minutes, 0, 0).ok()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl TryFrom<String> for ClockTime {
    /// The schema says the same with the place in the file.
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a time is `00:00` to `24:00`")
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::ClockTime;

    #[test]
    fn a_time_is_what_a_clock_shows() {
        let minutes = |text: &str| ClockTime::parse(text).map(ClockTime::minutes);
        assert_eq!(["00:00", "09:30", "23:59", "24:00"].map(minutes), [Some(0), Some(570), Some(1439), Some(1440)]);
        for text in ["", "9:00", "09", "09:60", "24:01", "25:00", "+9:00", "09:0", "09:00:00"] {
            assert_eq!(minutes(text), None, "{text}");
        }
        assert_eq!(ClockTime::parse("07:05").map(|time| time.to_string()).as_deref(), Some("07:05"));
        assert_eq!(ClockTime::parse("24:00").and_then(ClockTime::civil), None);
    }
}
