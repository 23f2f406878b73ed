//! Parts of the week, by the clocks of a time zone: a moment is inside when a clock there shows a time that is. So an hour
//! that the clocks leave out is in no window, and one that they show twice is in a window twice.

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};
use ops_model::declaration::{Day, Window};
use ops_model::plan::Gate;

/// Days that are looked through for the next opening. Two weeks, for clocks that leave the whole of a window out once.
const DAYS_AHEAD: i32 = 15;

/// `None`: there are no windows, or it is inside of one.
pub(super) fn closed(windows: &[Window], now: Timestamp) -> Option<Gate> {
    let first = windows.first()?;
    let zones = TimeZoneDatabase::bundled();
    // The declaration names no zone that there is not.
    let zoned = windows.iter().filter_map(|window| Some((window, zones.get(&window.time_zone).ok()?)));
    let zoned: Vec<_> = zoned.collect();
    if zoned.iter().any(|(window, zone)| is_inside(window, zone, now)) {
        return None;
    }
    let openings = zoned.iter().filter_map(|(window, zone)| Some((opening(window, zone, now)?, &window.time_zone)));
    Some(match openings.min() {
        Some((at, time_zone)) => Gate::Windows { opens_at: Some(at), time_zone: time_zone.clone() },
        None => Gate::Windows { opens_at: None, time_zone: first.time_zone.clone() },
    })
}

fn is_inside(window: &Window, zone: &TimeZone, moment: Timestamp) -> bool {
    let clock = zone.to_datetime(moment);
    let minute = i32::from(clock.hour()) * 60 + i32::from(clock.minute());
    let (from, to) = (i32::from(window.from.minutes()), i32::from(window.to.minutes()));
    let begins_on = |date: jiff::civil::Date| window.days.contains(&Day::from(date.weekday()));
    let today = begins_on(clock.date());
    if from < to {
        return today && (from..to).contains(&minute);
    }
    // Past midnight.
    (today && minute >= from) || (minute < to && clock.date().yesterday().is_ok_and(begins_on))
}

/// The first moment from now on that is inside. It is one at which a clock shows the beginning, or is put.
fn opening(window: &Window, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let from = window.from.civil()?;
    let today = zone.to_datetime(now).date();
    let last = now.checked_add((i64::from(DAYS_AHEAD) * 24).hours()).ok()?;
    let beginnings = (0..=DAYS_AHEAD).filter_map(|days| today.checked_add(days.days()).ok()).flat_map(|date| {
        let shown = zone.to_ambiguous_timestamp(DateTime::from_parts(date, from));
        [shown.earlier(), shown.later()]
    });
    let puts = zone.following(now).map(|transition| transition.timestamp()).take_while(|moment| *moment <= last);
    let moments = beginnings.flatten().chain(puts);
    moments.filter(|moment| *moment >= now && is_inside(window, zone, *moment)).min()
}
