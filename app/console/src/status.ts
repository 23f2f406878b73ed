/** What `GET /version` answers. */
export interface Version {
  version: string;
  commit: string;
  environment: string;
}

/** What the API said, or why it said nothing. */
export interface Status {
  /** When it was asked. */
  asked: Date;
  ready: boolean;
  version: Version | undefined;
  /** For a person; absent when the API is ready. */
  trouble: string | undefined;
}

/** Milliseconds until an API that does not answer counts as silent. */
const PATIENCE = 5_000;

/** Asks the API, which answers under this page's own origin. Never fails: what went wrong is part of the status. */
export async function askStatus(): Promise<Status> {
  const asked = new Date();
  const [ready, version] = await Promise.allSettled([ask("/readyz"), ask("/version").then(readVersion)]);
  return {
    asked,
    ready: ready.status === "fulfilled",
    version: version.status === "fulfilled" ? version.value : undefined,
    trouble: [ready, version].flatMap((answer) => (answer.status === "rejected" ? [inWords(answer.reason)] : []))[0],
  };
}

async function ask(path: string): Promise<Response> {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) {
    throw new Error(`${path} answers ${answer.status}${await detail(answer)}`);
  }
  return answer;
}

/** The sentence in an answer that is a problem of RFC 9457. */
async function detail(answer: Response): Promise<string> {
  if (!answer.headers.get("content-type")?.startsWith("application/problem+json")) {
    return "";
  }
  const problem: unknown = await answer.json();
  return isRecord(problem) && typeof problem["detail"] === "string" ? `: ${problem["detail"]}` : "";
}

async function readVersion(answer: Response): Promise<Version> {
  const body: unknown = await answer.json();
  if (!isRecord(body)) {
    throw new Error("/version answers something else than a version");
  }
  const { version, commit, environment } = body;
  if (typeof version !== "string" || typeof commit !== "string" || typeof environment !== "string") {
    throw new Error("/version answers something else than a version");
  }
  return { version, commit, environment };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function inWords(reason: unknown): string {
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    return `the API did not answer within ${PATIENCE / 1_000} seconds`;
  }
  if (reason instanceof TypeError) {
    return "the API cannot be reached";
  }
  return reason instanceof Error ? reason.message : String(reason);
}
