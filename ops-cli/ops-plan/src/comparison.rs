//! AWS documents compared: both sides in canonical form, every difference by name, with what removing it means.

mod canonical;
mod difference;
mod field;
mod names;
mod service_fields;
mod task_definition_fields;

pub(crate) use canonical::{
    SERVICE, TASK_DEFINITION, Table, canonical, canonical_live_service, canonical_service, canonical_task_definition,
    unite_capacity,
};
pub(crate) use difference::{Found, differences};
pub(crate) use field::field;
pub use field::{Field, Shape};
pub(crate) use names::{service_path, task_definition_path};
pub use service_fields::{ServiceMember, ServiceMemberRule, service_member};

/// Every row that says how a member of a task definition is compared.
#[must_use]
pub fn task_definition_fields() -> &'static [Field] {
    task_definition_fields::FIELDS
}

/// Every row that says how a member of a service is compared.
#[must_use]
pub fn service_fields() -> &'static [Field] {
    service_fields::FIELDS
}
