//! Both ways to an image against a real registry, and the container that comes of it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::emulator::{Emulator, EmulatorOptions, free_address};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// An emulator with an empty repository, and where to push to.
fn registry(port: u16) -> (Emulator, Destination) {
    let emulator = Emulator::start(EmulatorOptions { port, ..EmulatorOptions::default() }).expect("an emulator");
    let destination = Destination { registry: emulator.address(), repository: "slipway/app".to_owned() };
    ask(&emulator, "CreateRepository", &json!({"repositoryName": destination.repository}));
    (emulator, destination)
}

/// One call of the ECR interface.
fn ask(emulator: &Emulator, action: &str, body: &Value) -> Value {
    let answer = ureq::post(emulator.endpoint())
        .header("Content-Type", "application/x-amz-json-1.1")
        .header("X-Amz-Target", format!("AmazonEC2ContainerRegistry_V20150921.{action}"))
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-2/ecr/aws4_request, SignedHeaders=host, Signature=0",
        )
        .send(body.to_string())
        .expect("an answer")
        .body_mut()
        .read_to_string()
        .expect("a body");
    serde_json::from_str(&answer).expect("JSON")
}

/// The digest that the registry has for a tag.
fn digest_of(emulator: &Emulator, tag: &str) -> String {
    let wanted = json!({"repositoryName": "slipway/app", "imageIds": [{"imageTag": tag}]});
    let answer = ask(emulator, "DescribeImages", &wanted);
    answer["imageDetails"][0]["imageDigest"].as_str().expect("a digest").to_owned()
}

/// The image's configuration as a registry hands it out.
fn configuration_of(destination: &Destination, digest: &str) -> Value {
    let get = |path: &str| -> Value {
        let url = format!("http://{}/v2/{}/{path}", destination.registry, destination.repository);
        let text = ureq::get(url).call().expect("an answer").body_mut().read_to_string().expect("a body");
        serde_json::from_str(&text).expect("JSON")
    };
    let manifest = get(&format!("manifests/{digest}"));
    get(&format!("blobs/{}", manifest["config"]["digest"].as_str().expect("a digest")))
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn build(version: &str, port: u16) -> AppBuild {
    AppBuild { version: version.to_owned(), commit: COMMIT.to_owned(), port }
}

#[test]
fn without_an_engine_the_registry_has_the_image_under_its_digest() {
    let binary = AppBinary::compile().expect("a binary");
    let (emulator, destination) = registry(0);
    let digest = push(&binary, &build("1.0.0", 8080), &destination, None).expect("pushed");
    assert_eq!(digest_of(&emulator, "1.0.0"), digest);
    let configuration = configuration_of(&destination, &digest);
    assert_eq!(configuration["config"]["ExposedPorts"], json!({"8080/tcp": {}}));

    let bad = push(&binary, &build("2.0.0", 9999), &destination, None).expect("pushed");
    assert_ne!(bad, digest);
    assert_eq!(configuration_of(&destination, &bad)["config"]["ExposedPorts"], json!({"9999/tcp": {}}));

    let nowhere = Destination { repository: "nobody/made-this".to_owned(), ..destination };
    let refused = push(&binary, &build("1.0.0", 8080), &nowhere, None).expect_err("no such repository");
    assert!(
        matches!(refused, ImageError::Registry { source: RegistryError::Refused { status: 404, .. }, .. }),
        "{refused:?}"
    );
}

/// One test, since a machine has one engine of ours at a time.
#[test]
fn with_a_container_engine_the_image_is_the_same_and_runs() {
    let binary = AppBinary::compile().expect("a binary");
    let free = free_address().expect("a free port");
    let engine = match ContainerEngine::find_or_install(free) {
        Ok(engine) => engine,
        Err(reason) => {
            println!("not tested, there is no container engine: {reason}");
            return;
        }
    };
    let (emulator, destination) = registry(free.port());
    let digest = push(&binary, &build("1.0.0", 8080), &destination, Some(&engine)).expect("pushed");
    assert_eq!(digest_of(&emulator, "1.0.0"), digest);

    // The two ways say the same of the image.
    let by_hand = push(&binary, &build("1.0.0-by-hand", 8080), &destination, None).expect("pushed");
    let by_engine = configuration_of(&destination, &digest);
    let mut by_hand = configuration_of(&destination, &by_hand);
    for (name, value) in
        [("/config/Env/1", "SLIPWAY_VERSION=1.0.0"), ("/config/Labels/org.opencontainers.image.version", "1.0.0")]
    {
        *by_hand.pointer_mut(name).expect(name) = json!(value);
    }
    let mut by_engine_settings = by_engine["config"].clone();
    // The engine names itself.
    by_engine_settings["Labels"].as_object_mut().expect("labels").remove("io.buildah.version");
    // A container answers by itself; a model has to be told how.
    let model = by_hand["config"]["Labels"].as_object_mut().expect("labels").remove(super::ANSWERS);
    assert!(model.is_some_and(|answers| answers.as_str().is_some_and(|answers| answers.contains("/version"))));
    assert_eq!(by_engine_settings, by_hand["config"]);
    assert_eq!(by_engine["architecture"], by_hand["architecture"]);

    // As ECS pulls it: by the account's host name and the digest.
    let image = format!("000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/slipway/app@{digest}");
    let started = ["run", "--detach", "--name=app", "--read-only", "--env=SLIPWAY_ENVIRONMENT=dev", &image];
    engine.podman(&started).expect("it starts");
    let format = "--format={{.NetworkSettings.IPAddress}}";
    let address = engine.podman(&["container", "inspect", format, "app"]).expect("an address");
    let url = format!("http://{}:8080/version", address.trim());
    let version = until("it answers", || ureq::get(&url).call().ok()?.body_mut().read_to_string().ok());
    let version: Value = serde_json::from_str(&version).expect("JSON");
    assert_eq!(version, json!({"version": "1.0.0", "commit": COMMIT, "environment": "dev"}));
    engine.podman(&["exec", "app", "/app", "healthcheck"]).expect("healthy");
    engine.podman(&["stop", "--time=10", "app"]).expect("stopped");
    let code = engine.podman(&["container", "inspect", "--format={{.State.ExitCode}}", "app"]).expect("a code");
    assert_eq!(code.trim(), "0");

    // Equal input, equal digest.
    let name = "localhost/slipway/app:1.0.0";
    let first = engine.podman(&["image", "inspect", "--format={{.Digest}}", name]).expect("a digest");
    engine.podman(&["rmi", "--force", name]).expect("removed");
    let again = Destination { repository: "slipway/again".to_owned(), ..destination };
    ask(&emulator, "CreateRepository", &json!({"repositoryName": again.repository}));
    assert_eq!(push(&binary, &build("1.0.0", 8080), &again, Some(&engine)).expect("pushed"), digest, "{first}");
}
