// Following a run: server-sent events over `fetch`, which can send the bearer token; `EventSource` can't.

import type { Client } from "./client";
import { ProblemError } from "./problem";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** What the stream tells, told apart by `event`. Events that came later than this client are left out. */
export type RunEvent =
  | { event: "snapshot" | "run"; id: string; data: Schemas["RunView"] }
  | { event: "job"; id: string; data: Schemas["JobView"] }
  | { event: "progress"; id: string; data: Schemas["ProgressEvent"] };

const NAMES: ReadonlySet<string> = new Set<RunEvent["event"]>(["snapshot", "run", "job", "progress"]);
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows a run until it is done. A stream that breaks is taken up again behind the last event that came, with
 * `Last-Event-ID`; what the service refuses for good is thrown.
 */
export async function* followRun(client: Client, runId: string, signal?: AbortSignal): AsyncGenerator<RunEvent> {
  let lastId: string | null = null;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (lastId !== null) {
        headers["Last-Event-ID"] = lastId;
      }
      const call = { path: { run_id: runId }, headers, ...(signal && { signal }) };
      const response = await client.send("GET", "/v1/import-runs/{run_id}/events", call);
      for await (const event of eventsOf(response)) {
        lastId = event.id;
        pause = FIRST_PAUSE_MS;
        yield event;
        if (event.event === "run" && event.data.done) {
          return;
        }
      }
    } catch (error) {
      if (signal?.aborted || !isPassing(error)) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** Whether it may well go better a little later: the network, or a service that says so. */
function isPassing(error: unknown): boolean {
  return error instanceof ProblemError ? [429, 502, 503, 504].includes(error.problem.status) : error instanceof TypeError;
}

/** The events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
async function* eventsOf(response: Response): AsyncGenerator<RunEvent> {
  if (response.body === null) {
    return;
  }
  let event = "";
  let id = "";
  let data: string[] = [];
  for await (const line of linesOf(response.body)) {
    if (line === "") {
      if (data.length > 0 && NAMES.has(event)) {
        yield { event, id, data: JSON.parse(data.join("\n")) } as RunEvent;
      }
      event = "";
      data = [];
      continue;
    }
    // A line that begins with a colon is a comment, which keeps the stream open.
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === "event") {
      event = value;
    } else if (field === "id") {
      id = value;
    } else if (field === "data") {
      data.push(value);
    }
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    // Whoever stops early does not want the rest.
    await reader.cancel().catch(() => undefined);
  }
}
