use crate::declaration::Fault;
use crate::declaration::document::Node;

/// A build that is held is not declared to run.
pub(in crate::declaration) fn check_holds(file: &str, builds: &Node) -> Vec<Fault> {
    let holds = builds.get("holds").map_or(&[][..], Node::items);
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let fault = |hold: &Node| {
        let artifact = text(hold, "artifact")?;
        let build = builds.get("artifacts")?.entry(&artifact)?;
        let digest =
            build.value.get("digest").filter(|digest| digest.text() == hold.get("digest").and_then(Node::text))?;
        let version = text(hold, "version").unwrap_or_default();
        let reason = text(hold, "reason").unwrap_or_else(|| "nobody said why".to_owned());
        Some(
            Fault::new("declaration::held", file, format!("`{artifact}` {version} is held: {reason}"))
                .at(&digest.span, "not to be deployed until the hold is lifted")
                .remedy("declare another build, or lift it: `ops hold ENVIRONMENT --lift ARTIFACT --reason …`"),
        )
    };
    holds.iter().filter_map(fault).collect()
}
