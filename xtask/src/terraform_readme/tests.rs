//! The tables of a small module, what is refused, and this repository's own modules.

use super::*;
use crate::local_folder::workspace;

const VARIABLES: &str = r#"
# Not the order of the alphabet.
variable "zones" {
  description = "Availability zones, such as `ap-northeast-2a`."
  type        = list(string)
  nullable    = false
}

variable "groups" {
  description = <<-EOT
    The groups by name, as s3://<bucket> or `s3://<bucket>`.
    `egress`: this | that.
  EOT
  type = map(object({
    # Why.
    ingress = optional(list(object({ from = string, port = number })), [])
    egress  = string
  }))
  default = {}
}

variable "arns" {
  description = "Literally $${name}."
  type        = object({ a = string, b = optional(number, 1) })
  default     = null
}

variable "mode" {
  description = "How."
  type        = string
  default     = "a|b"
}

variable "periods" {
  description = "Days."
  type        = list(number)
  default     = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192]
}
"#;

const OUTPUTS: &str = r#"
output "id" {
  description = "Its id."
  value       = { for key, group in aws_security_group.this : key => "${group.id}-x" if group.id != null }
  depends_on  = [aws_security_group.this]
}
"#;

const TABLES: &str = r#"## Inputs

| name | type | default | description |
|---|---|---|---|
| `zones` | `list(string)` | required | Availability zones, such as `ap-northeast-2a`. |
| `groups` | [`map(object({ ingress?, egress }))`](variables.tf) | `{}` | The groups by name, as s3://&lt;bucket> or `s3://<bucket>`. `egress`: this \| that. |
| `arns` | `object({ a = string, b = optional(number, 1) })` | `null` | Literally ${name}. |
| `mode` | `string` | `"a\|b"` | How. |
| `periods` | `list(number)` | [in variables.tf](variables.tf) | Days. |

## Outputs

| name | description |
|---|---|
| `id` | Its id. |
"#;

fn source(name: &str, text: &str) -> Source {
    Source { path: PathBuf::from(name), text: text.to_owned() }
}

fn of_variables(text: &str) -> Result<String, ReadmeError> {
    tables(Path::new("modules/example"), &[source("variables.tf", text)])
}

#[test]
fn the_tables_say_what_the_files_say() {
    let sources = [source("outputs.tf", OUTPUTS), source("variables.tf", VARIABLES)];
    assert_eq!(tables(Path::new("modules/example"), &sources).expect("tables"), TABLES);
}

#[test]
fn a_module_without_inputs_says_so() {
    let markdown = of_variables("locals { a = 1 }").expect("tables");
    assert_eq!(markdown, "## Inputs\n\nNone.\n\n## Outputs\n\nNone.\n");
}

#[test]
fn what_is_unsaid_is_named_all_at_once() {
    let text = "variable \"a\" { type = string }\nvariable \"b\" { description = \"B.\" }\noutput \"c\" {\n  description = \" \"\n  value = 1\n}";
    let error = of_variables(text).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "modules/example: variable `a` has no description, variable `b` has no type, output `c` has no description; \
         mend it, then run `cargo xtask terraform-readme`"
    );
}

#[test]
fn what_is_not_hcl_is_refused_with_its_file() {
    let error = of_variables("variable \"a\" {").expect_err("refused");
    assert_eq!(error.to_string(), "variables.tf is not HCL");
}

#[test]
fn tables_replace_what_is_between_the_markers_and_nothing_else() {
    let first = with_tables("# a\n\nText.\n", "one\n").expect("a README");
    assert!(first.starts_with("# a\n\nText.\n\n<!-- generated: inputs and outputs -->\n"), "{first}");
    let readme = format!("{first}\n## After\n");
    let second = with_tables(&readme, "two\n").expect("a README");
    assert_eq!(second, readme.replace("one", "two"));
    assert_eq!(with_tables(&second, "two\n").as_ref(), Some(&second));
}

#[test]
fn half_of_the_markers_is_refused() {
    for readme in [BEGIN.to_owned(), END.to_owned(), format!("{END}{BEGIN}"), format!("{BEGIN}{END}{BEGIN}{END}")] {
        assert_eq!(with_tables(&readme, "one\n"), None, "{readme}");
    }
}

#[test]
fn a_change_makes_the_readme_stale_until_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("variables.tf", VARIABLES);
    assert!(matches!(Readme::read(folder.path()), Err(ReadmeError::Missing { .. })));
    write("README.md", "# example\n");
    let readme = Readme::read(folder.path()).expect("a README");
    assert!(readme.is_stale());
    readme.write().expect("written");
    assert!(!Readme::read(folder.path()).expect("a README").is_stale());
    write("variables.tf", &VARIABLES.replace("default = {}", ""));
    assert!(Readme::read(folder.path()).expect("a README").is_stale());
}

#[test]
fn every_readme_of_this_repository_says_what_its_module_says() {
    let mut wrong = Vec::new();
    let folders = folders(&workspace().join("terraform")).expect("the modules");
    assert!(folders.len() > 1, "there are modules besides bootstrap");
    for folder in folders {
        match Readme::read(&folder) {
            Ok(readme) if readme.is_stale() => {
                wrong.push(format!("{} is stale; run `{COMMAND}`", readme.path.display()));
            }
            Ok(_) => {}
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
