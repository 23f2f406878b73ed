use insta::assert_snapshot;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Kind, Plan, SiteGate, SiteStanding};
use ops_model::site::{ObjectHeaders, PublicAccess};

use super::fixture::{DISTRIBUTION, SITE_BUCKET, SiteFixture, build};

fn differences(plan: &Plan) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let lines = plan.changes().flat_map(|change| {
        let line = move |difference: &ops_model::plan::Difference| {
            let (live, declared) = (shown(&difference.live), shown(&difference.declared));
            format!("{:?}: {}: {live} -> {declared}\n", change.kind(), difference.path)
        };
        change.differences.iter().map(line)
    });
    lines.collect()
}

async fn is_put_right(fixture: &SiteFixture) {
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Succeeded, "{record:?}");
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "{plan:?}");
    assert_eq!(fixture.text("/"), build(1)["index.html"]);
    assert_eq!(fixture.text("/assets/app-0000001a.js"), "script 1");
    assert_eq!(fixture.browse("/foreign.html").status, 404);
}

#[tokio::test(start_paused = true)]
async fn an_altered_object_is_put_back() {
    let fixture = SiteFixture::published().await;
    fixture.by_hand().upload(SITE_BUCKET, "index.html", b"defaced", ObjectHeaders::default()).expect("a bucket");
    fixture
        .by_hand()
        .upload(SITE_BUCKET, "assets/app-0000001a.js", b"evil", ObjectHeaders::default())
        .expect("a bucket");
    assert_eq!(fixture.text("/"), "defaced");
    assert_snapshot!(differences(&fixture.plan().await));
    let seen = fixture.write_count();
    is_put_right(&fixture).await;
    assert_snapshot!(fixture.writes_since(seen));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_object_is_put_back_and_a_foreign_one_goes() {
    let fixture = SiteFixture::published().await;
    fixture.by_hand().delete_object(SITE_BUCKET, "index.html").expect("it is there");
    fixture.by_hand().delete_object(SITE_BUCKET, "assets/app-0000001a.js").expect("it is there");
    fixture.by_hand().upload(SITE_BUCKET, "foreign.html", b"foreign", ObjectHeaders::default()).expect("a bucket");
    assert_eq!(fixture.browse("/foreign.html").status, 200);
    assert_snapshot!(differences(&fixture.plan().await));
    is_put_right(&fixture).await;
}

#[tokio::test(start_paused = true)]
async fn a_changed_header_is_put_back() {
    let fixture = SiteFixture::published().await;
    let change = |headers: &mut ObjectHeaders| headers.cache_control = "max-age=999999".to_owned();
    fixture.by_hand().change_headers(SITE_BUCKET, "index.html", change).expect("it is there");
    fixture.by_hand().change_headers(SITE_BUCKET, "assets/app-0000001a.js", change).expect("it is there");
    assert_snapshot!(differences(&fixture.plan().await));
    let seen = fixture.write_count();
    is_put_right(&fixture).await;
    assert!(!fixture.writes_since(seen).contains("s3:PutObject"));
    assert_eq!(fixture.browse("/").headers.cache_control, "no-cache");
}

#[tokio::test(start_paused = true)]
async fn an_object_written_again_as_it_was_is_no_drift() {
    let fixture = SiteFixture::published().await;
    fixture.by_hand().change_headers(SITE_BUCKET, "index.html", |_| ()).expect("it is there");
    assert!(fixture.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn staged_copies_are_looked_after_too() {
    let fixture = SiteFixture::published().await;
    let listed = fixture.cloud().site_objects.list(SITE_BUCKET).await.expect("readable");
    let staged = listed.iter().find(|object| object.key.starts_with(".slipway/files/")).expect("a staged file");
    fixture.by_hand().upload(SITE_BUCKET, &staged.key, b"altered", ObjectHeaders::default()).expect("a bucket");
    fixture
        .by_hand()
        .upload(SITE_BUCKET, ".slipway/files/0000", b"foreign", ObjectHeaders::default())
        .expect("a bucket");
    assert!(!fixture.plan().await.in_sync());
    is_put_right(&fixture).await;
}

#[tokio::test(start_paused = true)]
async fn a_bucket_opened_to_the_public_is_closed_at_once() {
    let fixture = SiteFixture::published().await;
    fixture.by_hand().open_bucket(SITE_BUCKET).expect("a bucket");
    let plan = fixture.plan().await;
    assert_eq!(plan.waves[0][0].kind(), Kind::SiteAccess);
    assert_eq!(plan.waves[0][0].warnings, ["anyone on the internet can read the bucket site-web now"]);
    assert_snapshot!(differences(&plan));
    is_put_right(&fixture).await;
    let access = fixture.cloud().site_objects.public_access(SITE_BUCKET).await.expect("readable");
    let PublicAccess { block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets, .. } =
        access;
    assert!(block_public_acls && ignore_public_acls && block_public_policy && restrict_public_buckets);
}

#[tokio::test(start_paused = true)]
async fn a_distribution_that_terraform_did_not_make_so_is_named_and_holds_what_would_be_published() {
    let mut fixture = SiteFixture::published().await;
    let change = |settings: &mut ops_model::site::ObservedDistribution| {
        settings.viewer_protocol = "allow-all".to_owned();
        settings.default_root_object = "other.html".to_owned();
        settings.origin_access_control = String::new();
    };
    fixture.by_hand().change_distribution(DISTRIBUTION, change).expect("a distribution");
    let plan = fixture.plan().await;
    assert!(plan.in_sync() && plan.gates.is_empty());
    let SiteStanding::Distribution { settings } = &plan.sites["web"] else { panic!("{plan:?}") };
    let named: Vec<_> = settings.iter().map(|setting| setting.path.as_str()).collect();
    assert_eq!(named, ["default root object", "requests to the bucket", "viewer protocol"]);

    fixture.promote(2, &build(2)).await;
    let record = fixture.reconcile().await;
    assert_eq!(record.outcome, Outcome::Held);
    assert!(matches!(&record.gates[..], [Gate::Site { reason: SiteGate::Distribution { .. }, .. }]), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn many_foreign_objects_are_deleted_only_when_somebody_says_so() {
    let fixture = SiteFixture::published().await;
    for number in 0..30 {
        let key = format!("precious-{number}.txt");
        fixture.by_hand().upload(SITE_BUCKET, &key, b"?", ObjectHeaders::default()).expect("a bucket");
    }
    let plan = fixture.plan().await;
    assert!(matches!(&plan.gates[..], [Gate::Site { reason: SiteGate::ForeignObjects { objects: 30, .. }, .. }]));
}
