//! The same services as Terraform sees them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bench::Result;
use crate::terraform::Terraform;

/// Services and task definitions that ops made, imported; what they are like is in the state alone.
const RESOURCES: &str = r#"
import {
  for_each = local.services
  to       = aws_ecs_task_definition.this[each.key]
  id       = "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/${local.cluster}-${each.key}:1"
}

import {
  for_each = local.services
  to       = aws_ecs_service.this[each.key]
  id       = "${local.cluster}/${each.key}"
}

resource "aws_ecs_task_definition" "this" {
  for_each              = local.services
  family                = "${local.cluster}-${each.key}"
  container_definitions = "[]"
  lifecycle { ignore_changes = all }
}

resource "aws_ecs_service" "this" {
  for_each = local.services
  name     = each.key
  lifecycle { ignore_changes = all }
}

provider "aws" {}

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"#;

pub(super) struct TerraformRoot {
    folder: PathBuf,
}

impl TerraformRoot {
    /// Makes a root in `folder` with all services of a cluster in its state.
    pub(super) fn import(folder: &Path, cluster: &str, services: usize, terraform: &Terraform) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let names = format!("toset([for number in range({services}) : format(\"service-%03d\", number)])");
        let locals = format!("locals {{\n  cluster  = \"{cluster}\"\n  services = {names}\n}}\n");
        fs::write(folder.join("main.tf"), format!("{locals}{RESOURCES}"))?;
        terraform.init(folder, None)?;
        terraform.apply(folder, &[])?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// `terraform plan -refresh-only`.
    pub(super) fn refresh(&self, terraform: &Terraform) -> Result<()> {
        Ok(terraform.refresh_only_plan(&self.folder)?)
    }
}
