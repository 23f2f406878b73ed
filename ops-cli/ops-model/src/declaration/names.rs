//! Forms that names and references have wherever they stand.

use serde_json::{Value, json};

/// Where a secret is kept.
pub(super) const SECRET_REFERENCE: &str = "^(ssm:(/[A-Za-z0-9_.-]+)+|secretsmanager:[A-Za-z0-9/_+=.@-]+)$";

/// One label below the environment's domain.
pub(super) const HOST: &str = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

/// A file of a site, without `/` at its beginning and its end.
pub(super) const PATH_IN_SITE: &str = "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$";

/// A scenario's file, from the top of the repository.
pub(super) const SCENARIO_FILE: &str =
    r"^infra/scenarios/([A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\.hurl$";

/// Name of an artifact in `builds.yaml`.
pub(super) const ARTIFACT: &str = "^[a-z][a-z0-9-]{0,39}$";

/// Files of a site.
pub(super) const GLOB: &str = "^[A-Za-z0-9._*-][A-Za-z0-9._*/-]{0,254}$";

/// A path that a distribution hands on; `*` is any text.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern>
pub(super) const BACKEND_PATH: &str = "^/[A-Za-z0-9_.*$/~'@:+-]{0,254}$";

/// Value of a header of a site's file.
pub(super) const HEADER: &str = "^[!-~]([ -~]{0,253}[!-~])?$";

/// When something happens; a rule looks closer.
pub(super) const SCHEDULE: &str = r"^(cron|rate|at)\(.+\)$";

/// A moment with its offset from UTC, as RFC 3339 has it; a rule looks whether there is such a day.
pub(super) const MOMENT: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

/// What a clock shows, and the end of a day.
pub(super) const CLOCK_TIME: &str = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";

/// Names that people give: of services, tasks, containers, volumes, queues, sites, uploads and what scales a service.
pub(super) fn given_name() -> Value {
    json!({
        "pattern": "^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$",
        "description": "a lower-case letter, then up to 23 lower-case letters, digits and hyphens, the last no hyphen"
    })
}

/// Names of a scenario's variables, as Hurl takes them; its functions have capitals in their names.
pub(super) fn variable_name() -> Value {
    json!({
        "pattern": "^[a-z][a-z0-9_]{0,39}$",
        "description": "a lower-case letter, then up to 39 lower-case letters, digits and `_`"
    })
}
