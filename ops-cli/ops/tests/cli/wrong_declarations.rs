//! Each folder under `tests/wrong` holds the file of an environment that is wrong in one way; the other file is fine.

use std::collections::BTreeSet;

use crate::sandbox::{Sandbox, case};

macro_rules! wrong_declarations {
    ($($name:ident),* $(,)?) => {
        const LISTED: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                let sandbox = Sandbox::with_dev();
                sandbox.copy(&case(stringify!($name)), "infra/environments/dev");
                let run = sandbox.ops(&["check", "dev"]);
                assert_eq!(run.exit_code, Some(1), "{run}");
                insta::assert_snapshot!(stringify!($name), run);
            }
        )*
    };
}

wrong_declarations! {
    a_directory,
    alias_bomb,
    ambiguous_value,
    anchor_that_never_ends,
    bad_network,
    bad_port,
    bad_service_name,
    builds_not_a_mapping,
    closed_to_the_load_balancer,
    container_cycle,
    cpu_and_memory_do_not_pair,
    cycle,
    dangling_reference,
    database_open_to_everybody,
    duplicate_key,
    empty_file,
    error_page_before_a_backend,
    faults_in_both_files,
    freeze_over_before_it_begins,
    https_without_domain,
    logs_kept_for_no_period,
    missing_digest,
    missing_keys,
    name_is_not_the_folder,
    network_too_large,
    not_utf8,
    nul_bytes,
    null_values,
    one_zone,
    only_comments,
    private_key_among_public_keys,
    promotion_from_itself,
    public_without_load_balancer,
    public_without_port,
    queue_of_no_service,
    same_host_twice,
    same_priority,
    same_zone_twice,
    scenario_that_goes_nowhere,
    scenario_with_a_secret_of_others,
    secret_beside_a_syntax_error,
    secret_by_name,
    secret_by_value,
    secret_in_place_of_its_place,
    secret_not_referenced,
    secret_place_beside_a_syntax_error,
    secret_reference_misplaced,
    several_documents,
    short_digest,
    storage_that_cannot_grow,
    syntax_error,
    tab_indentation,
    tag,
    tag_in_place_of_digest,
    tag_in_the_image,
    time_zone_unknown,
    timeout_not_less_than_interval,
    too_deep,
    two_faults,
    unclosed_bracket,
    unknown_firewall_group,
    unknown_key,
    unknown_option,
    unquoted_account,
    unquoted_value,
    utf16,
    waits_for_itself,
    windows_that_never_open,
    wrong_type,
    zone_of_another_region,
}

#[test]
fn every_case_is_listed() {
    let folders: BTreeSet<String> = std::fs::read_dir(case(""))
        .expect("the cases are there")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "valid")
        .collect();
    let listed: BTreeSet<String> = LISTED.iter().map(ToString::to_string).collect();
    assert_eq!(folders, listed);
}
