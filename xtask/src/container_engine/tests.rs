//! What an engine leaves behind, also when its owner is killed. Engines share the machine's one bridge: the tests whose
//! names hold `container_engine` run one after another (`.config/nextest.toml`).

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

const FOLDER: &str = "SLIPWAY_TEST_ENGINE_FOLDER";
const HOLDING: &str = "an engine holds a container";

/// What a person would look at to see whether something is left.
#[derive(Debug, PartialEq, Eq)]
struct Machine {
    mounts: String,
    routes: String,
    packet_filter: String,
    bridges: bool,
}

impl Machine {
    fn now() -> Self {
        let said = |program: &str, arguments: &[&str]| {
            tool::run(packages::command(program).args(arguments)).expect("the program runs")
        };
        let rules = said("iptables-save", &[]);
        Self {
            mounts: fs::read_to_string("/proc/self/mounts").expect("mounts"),
            routes: said("ip", &["route"]),
            packet_filter: rules
                .lines()
                .filter(|line| line.starts_with('-') || line.starts_with(":NETAVARK"))
                .collect(),
            bridges: Path::new("/sys/class/net/podman0").exists(),
        }
    }
}

/// A child that does not outlive the test, however that ends.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path) -> Result<ContainerEngine, NoContainerEngine> {
    ContainerEngine::start(folder, "127.0.0.1:1".parse().expect("an address"))
}

/// Processes that were told the folder's name, or a container's of an engine there.
fn processes(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    fs::read_dir("/proc")
        .expect("processes")
        .filter_map(|entry| {
            let process = entry.ok()?;
            let command = fs::read(process.path().join("cmdline")).ok()?;
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            command.contains(&*folder).then_some(command)
        })
        .collect()
}

#[test]
fn an_engine_leaves_nothing_also_when_its_owner_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().canonicalize().expect("a path");
    if let Err(reason) = packages_and_rights() {
        println!("not tested, there is no container engine: {reason}");
        return;
    }
    let before = Machine::now();

    let mut owner = Killed(
        Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "container_engine::tests::hold_a_container", "--ignored", "--nocapture"])
            .env(FOLDER, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the owner starts"),
    );
    let output = BufReader::new(owner.0.stdout.take().expect("its output"));
    let said: Vec<_> = output.lines().map_while(Result::ok).take_while(|line| !line.contains(HOLDING)).collect();
    if let Some(reason) = said.iter().find(|line| line.contains("no container engine")) {
        println!("not tested: {reason}");
        owner.0.wait().expect("its end");
        return;
    }
    assert!(owner.0.try_wait().expect("its state").is_none(), "{said:?}");
    assert!(processes(&folder).iter().any(|command| command.contains("conmon")), "{:?}", processes(&folder));
    assert!(Machine::now().routes.contains("unreachable 10.88.0.0/16"));

    // A second one is told why not.
    let second = start(&folder).expect_err("one at a time");
    assert!(matches!(second, NoContainerEngine::InUse { .. }), "{second:?}");

    owner.0.kill().expect("killed");
    owner.0.wait().expect("its end");
    let killed = Instant::now();
    while !processes(&folder).is_empty() {
        assert!(killed.elapsed() < Duration::from_secs(30), "left: {:?}", processes(&folder));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(Machine::now().mounts, before.mounts);

    // The next run starts from an empty engine, and puts the network back.
    let engine = start(&folder).expect("an engine");
    assert_eq!(engine.podman(&["ps", "--all", "--quiet"]).expect("a list"), "");
    assert!(engine.description().ends_with("storage"), "{}", engine.description());
    drop(engine);
    assert_eq!(Machine::now(), before);
    assert_eq!(processes(&folder), [""; 0]);
}

/// The owner that the test above kills.
#[test]
#[ignore = "waits to be killed; another test runs it"]
fn hold_a_container() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let engine = match start(Path::new(&folder)) {
        Ok(engine) => engine,
        Err(reason) => {
            println!("no container engine: {reason}");
            return;
        }
    };
    let pause = ["run", "--detach", "localhost/slipway/probe:latest", "/catatonit", "-P"];
    engine.podman(&pause).expect("a container");
    println!("{HOLDING}");
    loop {
        std::thread::park();
    }
}

fn packages_and_rights() -> Result<(), NoContainerEngine> {
    if !rustix::process::geteuid().is_root() {
        return Err(NoContainerEngine::NotRoot);
    }
    packages::ensure()
}
