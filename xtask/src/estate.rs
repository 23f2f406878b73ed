//! Everything that a declaration can say, made by Terraform in the local AWS, tried, and taken away again.
//!
//! The account is set up as its owner does it: bootstrap first, then a root. The declaration is the one of the module
//! `declaration`'s own tests that says everything, so that no key is without a resource that was really made.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

mod workloads;

use crate::emulator::{Emulator, EmulatorOptions};
use crate::local_folder;
use crate::terraform::{PlanResult, Terraform, write_local_backend};

const EVERYTHING: &str = "terraform/modules/declaration/tests/right.yaml";
const ENVIRONMENT: &str = "dev";
const ACCOUNT: &str = "000000000000";
/// What the account's owner tells bootstrap.
const OWNER: [&str; 3] = [
    "account=000000000000",
    "region=ap-northeast-2",
    r#"github={
        dev  = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:environment:dev"], deploy = ["repo:o/r:environment:dev"] }
        prod = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:environment:prod"], deploy = ["repo:o/r:environment:prod"] }
    }"#,
];
/// What only takes longer, and a zone that nobody made before.
const INSTEAD: [(&str, &str); 2] = [("replicas: 15", "replicas: 1"), ("zone: existing", "zone: create")];
/// From the beginning: to lift the protection of a database later takes another minute and a half of waiting.
const ALLOW_DESTROY: [&str; 1] = ["allow_destroy=true"];
/// Divides the waiting times of the modelled AWS.
const SPEED: u32 = 20;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long each step took.
#[derive(Debug, Clone, Default)]
pub struct Times(pub Vec<(&'static str, Duration)>);

impl Times {
    fn measure<T>(&mut self, step: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let began = Instant::now();
        let result = work()?;
        self.0.push((step, began.elapsed()));
        Ok(result)
    }
}

/// Makes the estate, proves what it promises, and removes it.
///
/// # Errors
/// When Terraform fails, a second plan is not empty, or a promise does not hold.
pub fn prove() -> Result<Times> {
    let emulator = Emulator::start(EmulatorOptions { speed: SPEED, ..EmulatorOptions::default() })?;
    let terraform = Terraform::find(emulator.environment())?;
    let copy = Copy::create()?;
    let (bootstrap, root) = (copy.0.join("terraform/bootstrap"), copy.root());
    let mut times = Times::default();

    terraform.init(&bootstrap, None)?;
    times.measure("bootstrap", || Ok(terraform.apply(&bootstrap, &OWNER)?))?;
    require_empty_plan(&terraform, &bootstrap, &OWNER)?;

    let backend = copy.0.join("emulator.tfbackend.local");
    let state = (format!("slipway-state-{ACCOUNT}"), format!("environments/{ENVIRONMENT}/terraform.tfstate"));
    write_local_backend(&backend, &emulator.endpoint(), &state.0, &state.1)?;
    terraform.init(&root, Some(&backend))?;
    times.measure("apply", || Ok(terraform.apply(&root, &ALLOW_DESTROY)?))?;

    let platform = emulator.platform_contract(ENVIRONMENT)?;
    let rule = workloads::rule_of_ops(&emulator, &platform)?;
    times.measure("second plan", || require_empty_plan(&terraform, &root, &ALLOW_DESTROY))?;
    workloads::delete_rule(&emulator, &rule)?;

    only_the_distribution_serves(&emulator, &platform["sites"]["console"])?;
    let resources = state_resources(&emulator, &state)?;
    holds_no_password(&resources)?;
    is_wired(&resources)?;
    workloads::can_run(&platform, &resources)?;
    is_protected_unless_allowed(&terraform, &root)?;
    a_hole_is_named(&emulator, &terraform, &root, &platform)?;

    times.measure("apply that closes the hole", || Ok(terraform.apply(&root, &ALLOW_DESTROY)?))?;
    the_hole_is_closed(&emulator, &platform)?;
    times.measure("destroy", || Ok(terraform.destroy(&root, &ALLOW_DESTROY)?))?;
    Ok(times)
}

fn require_empty_plan(terraform: &Terraform, folder: &Path, variables: &[&str]) -> Result<()> {
    match terraform.plan(folder, variables)? {
        PlanResult::Empty => Ok(()),
        PlanResult::Changes => {
            let changes = terraform.planned_changes(folder, variables)?;
            Err(format!("a second plan is not empty:\n{}", changes.text).into())
        }
    }
}

/// The bucket refuses everybody, and the distribution serves what is in it, with the headers that browsers obey.
fn only_the_distribution_serves(emulator: &Emulator, site: &Value) -> Result<()> {
    let (bucket, domain_name) = (text(&site["bucket"])?, text(&site["domain_name"])?);
    let put = emulator.put_object(bucket, "index.html", "<p>served</p>")?.status();
    let direct = emulator.get_object_anonymously(bucket, "index.html")?.status();
    let mut served = emulator.get_from_distribution(domain_name, "index.html")?;
    let body = served.body_mut().read_to_string()?;
    let found = (put.as_u16(), direct.as_u16(), served.status().as_u16());
    if found != (200, 403, 200) || body != "<p>served</p>" {
        return Err(format!("put, direct read and distribution answered {found:?}: {body}").into());
    }
    for header in ["strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options"]
    {
        if !served.headers().contains_key(header) {
            return Err(format!("the distribution answers without {header}: {:?}", served.headers()).into());
        }
    }
    let kept = emulator.put_object(bucket, ".slipway/manifest.json", "{}")?.status();
    let seen = emulator.get_from_distribution(domain_name, ".slipway/manifest.json")?.status();
    if (kept.as_u16(), seen.as_u16()) != (200, 403) {
        return Err(format!("the distribution answered {seen} of what ops keeps for itself").into());
    }
    Ok(())
}

/// What Terraform remembers, as (type, attributes).
fn state_resources(emulator: &Emulator, (bucket, key): &(String, String)) -> Result<Vec<(String, Value)>> {
    let state: Value = serde_json::from_str(&emulator.get_object(bucket, key)?.body_mut().read_to_string()?)?;
    let resources = state["resources"].as_array().ok_or("the state has no resources")?;
    let mut found = Vec::new();
    for resource in resources.iter().filter(|resource| resource["mode"] == "managed") {
        let instances = resource["instances"].as_array().into_iter().flatten();
        let sort = text(&resource["type"])?;
        found.extend(instances.map(|instance| (sort.to_owned(), instance["attributes"].clone())));
    }
    Ok(found)
}

/// Of one type, at least one.
fn of_type<'a>(resources: &'a [(String, Value)], sort: &str) -> Result<Vec<&'a Value>> {
    let found: Vec<_> = resources.iter().filter(|(found, _)| found == sort).map(|(_, attributes)| attributes).collect();
    if found.is_empty() { Err(format!("the state has no {sort}").into()) } else { Ok(found) }
}

/// Whoever reads the state learns no password.
fn holds_no_password(resources: &[(String, Value)]) -> Result<()> {
    for (sort, attribute) in [("aws_db_instance", "password"), ("aws_secretsmanager_secret_version", "secret_string")] {
        if of_type(resources, sort)?.iter().any(|found| found[attribute].as_str().is_some_and(|text| !text.is_empty()))
        {
            return Err(format!("the state holds the {attribute} of {sort}").into());
        }
    }
    Ok(())
}

/// What one module has to be told by another, and `terraform test` cannot read of nested modules.
fn is_wired(resources: &[(String, Value)]) -> Result<()> {
    let boundary = format!("arn:aws:iam::{ACCOUNT}:policy/slipway-{ENVIRONMENT}-boundary");
    let data_subnets: Vec<_> = of_type(resources, "aws_subnet")?
        .into_iter()
        .filter(|subnet| subnet["tags"]["Name"].as_str().is_some_and(|name| name.contains("-data-")))
        .map(|subnet| subnet["id"].clone())
        .collect();
    let in_data_subnets = |group: &&Value| {
        let ids = group["subnet_ids"].as_array();
        ids.is_some_and(|ids| ids.len() == data_subnets.len() && ids.iter().all(|id| data_subnets.contains(id)))
    };
    let promises = [
        (
            "every role has the boundary",
            of_type(resources, "aws_iam_role")?.iter().all(|role| role["permissions_boundary"] == boundary.as_str()),
        ),
        (
            "the load balancer writes access logs",
            of_type(resources, "aws_lb")?.iter().all(|balancer| balancer["access_logs"][0]["enabled"] == true),
        ),
        (
            "every bucket but the log bucket has access logs",
            of_type(resources, "aws_s3_bucket_logging")?.len() + 1 == of_type(resources, "aws_s3_bucket")?.len(),
        ),
        ("the database is in the data subnets", of_type(resources, "aws_db_subnet_group")?.iter().all(in_data_subnets)),
        (
            "logs are kept as declared",
            of_type(resources, "aws_cloudwatch_log_group")?.iter().all(|group| group["retention_in_days"] == 3653),
        ),
        (
            "the records' bucket can be locked",
            of_type(resources, "aws_s3_bucket_object_lock_configuration")?
                .iter()
                .all(|lock| lock["bucket"] == format!("slipway-{ENVIRONMENT}-ops-{ACCOUNT}").as_str()),
        ),
    ];
    match promises.iter().find(|(_, kept)| !kept) {
        Some((promise, _)) => Err(format!("not so: {promise}").into()),
        None => Ok(()),
    }
}

/// Without `allow_destroy` all that holds data is protected, and all of it guarded: these are what it would change.
fn is_protected_unless_allowed(terraform: &Terraform, root: &Path) -> Result<()> {
    let changes = terraform.planned_changes(root, &[])?;
    let protected = [
        ".aws_db_instance.primary",
        ".aws_ecr_repository.",
        ".aws_lb.this",
        ".aws_s3_bucket.this",
        ".aws_secretsmanager_secret.",
        "module.destroy_guard.",
    ];
    match protected.iter().find(|part| !changes.addresses.iter().any(|address| address.contains(**part))) {
        Some(part) => Err(format!("`allow_destroy` changes nothing of {part}: {:?}", changes.addresses).into()),
        None => Ok(()),
    }
}

/// A rule that somebody added by hand to the database's group is all that the next plan is about.
fn a_hole_is_named(emulator: &Emulator, terraform: &Terraform, root: &Path, platform: &Value) -> Result<()> {
    let group = text(&platform["security_groups"]["database"])?;
    let hole = [
        ("GroupId", group),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "3306"),
        ("IpPermissions.1.ToPort", "3306"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    let answer = emulator.ec2("AuthorizeSecurityGroupIngress", &hole)?;
    if answer.status() != 200 || !is_open(emulator, group)? {
        return Err("the hole could not be made".into());
    }
    let changes = terraform.planned_changes(root, &ALLOW_DESTROY)?;
    let only_the_group =
        matches!(changes.addresses.as_slice(), [one] if one.contains("security_groups") && one.contains("database"));
    let named = changes.text.lines().any(|line| line.contains("-") && line.contains("\"0.0.0.0/0\""));
    if only_the_group && named {
        return Ok(());
    }
    Err(format!("the plan does not name the hole, or names more: {:?}\n{}", changes.addresses, changes.text).into())
}

fn the_hole_is_closed(emulator: &Emulator, platform: &Value) -> Result<()> {
    let open = is_open(emulator, text(&platform["security_groups"]["database"])?)?;
    if open { Err("the apply left the hole open".into()) } else { Ok(()) }
}

/// Whether anybody on the internet is admitted to a group.
fn is_open(emulator: &Emulator, group: &str) -> Result<bool> {
    let mut answer = emulator.ec2("DescribeSecurityGroups", &[("GroupId.1", group)])?;
    let body = answer.body_mut().read_to_string()?;
    if answer.status() != 200 || !body.contains(group) {
        return Err(format!("{group} could not be read: {body}").into());
    }
    Ok(body.split("<ipPermissionsEgress").next().is_some_and(|ingress| ingress.contains("0.0.0.0/0")))
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| format!("expected a text, found {value}").into())
}

/// A copy of what a team takes from this repository, removed at the end.
struct Copy(PathBuf);

impl Copy {
    fn create() -> Result<Self> {
        let copy = Self(local_folder::path().join(format!("estate/{}", std::process::id())));
        local_folder::copy_what_teams_take(&copy.0)?;
        let mut declaration = fs::read_to_string(local_folder::workspace().join(EVERYTHING))?;
        for (said, instead) in INSTEAD {
            if !declaration.contains(said) {
                return Err(format!("{EVERYTHING} does not say `{said}` any more").into());
            }
            declaration = declaration.replace(said, instead);
        }
        fs::write(copy.0.join("infra/environments").join(ENVIRONMENT).join("environment.yaml"), declaration)?;
        Ok(copy)
    }

    fn root(&self) -> PathBuf {
        self.0.join("terraform/environments").join(ENVIRONMENT)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Left over, it would only lie in an ignored folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
