import { askStatus, type Status } from "./status";

/** Which build of this page it is: the variable of that name when it was built. */
const BUILD_VERSION: string = import.meta.env["VITE_BUILD_VERSION"] ?? "unversioned";

/** Milliseconds between two questions; none are asked while nobody looks. */
const INTERVAL = 10_000;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`index.html has no #${id}`);
  }
  return found;
}

function show(status: Status): void {
  const readiness = element("readiness");
  readiness.dataset["state"] = status.ready ? "ready" : "not-ready";
  readiness.textContent = status.ready ? "ready" : "not ready";
  element("asked").textContent = status.asked.toLocaleTimeString();
  if (status.version !== undefined) {
    element("environment").textContent = status.version.environment;
    element("version").textContent = status.version.version;
    element("commit").textContent = status.version.commit.slice(0, 12);
    element("commit").title = status.version.commit;
    document.title = `Slipway · ${status.version.environment}`;
  }
  const trouble = element("trouble");
  trouble.hidden = status.trouble === undefined;
  trouble.textContent = status.trouble ?? "";
}

async function refresh(): Promise<void> {
  if (document.visibilityState === "visible") {
    show(await askStatus());
  }
}

element("console-version").textContent = BUILD_VERSION;
document.addEventListener("visibilitychange", () => void refresh());
setInterval(() => void refresh(), INTERVAL);
void refresh();
