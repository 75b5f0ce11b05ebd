// Errors of the service as a union that `code` tells apart.

import type { components } from "./schema";

type Schemas = components["schemas"];
type Document = Schemas["Problem"];

/** The codes that this version of the specification knows. */
export type ProblemCode = Schemas["ProblemCode"];

type WithCode<Code extends string, More = unknown> = Omit<Document, "code"> & { code: Code } & More;
type WithLimit = "payload_too_large" | "rate_limited";
type WithPlaces = "invalid_parameter" | "validation_failed";
type Plain = Exclude<ProblemCode, "capability_required" | WithLimit | WithPlaces>;

/** What the service answers when it does not do what it was asked for: what more it says depends on the code. */
export type Problem =
  | WithCode<"capability_required", { capability: string }>
  | { [Code in WithLimit]: WithCode<Code, { limit?: Schemas["LimitView"] }> }[WithLimit]
  | { [Code in WithPlaces]: WithCode<Code, { errors: Schemas["Place"][] }> }[WithPlaces]
  | { [Code in Plain]: WithCode<Code> }[Plain];

/** The answer was no problem document, or has a code that came later than this client. */
export interface Unexpected {
  code: "unexpected";
  status: number;
  detail: string;
  request_id: string | null;
}

/** What a call throws. `problem.code` says what went wrong. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problem: Problem | Unexpected,
    /** How long to wait before the request is repeated; null: repeating it is of no use, or nobody knows when. */
    readonly retryAfterSeconds: number | null,
  ) {
    super(problem.detail);
  }
}

// Every code once: a code that is new in the specification does not compile until somebody has thought of it.
const KNOWN: Record<ProblemCode, true> = {
  invalid_request: true,
  invalid_parameter: true,
  unauthenticated: true,
  token_expired: true,
  capability_required: true,
  not_found: true,
  route_not_found: true,
  method_not_allowed: true,
  not_acceptable: true,
  run_busy: true,
  wrong_state: true,
  password_needed: true,
  source_unconfirmed: true,
  duplicates_undecided: true,
  request_running: true,
  not_locked: true,
  nothing_to_import: true,
  nothing_to_roll_back: true,
  expired: true,
  changed_meanwhile: true,
  payload_too_large: true,
  unsupported_media_type: true,
  validation_failed: true,
  wrong_password: true,
  no_usable_sheets: true,
  unreadable_file: true,
  missing_required_column: true,
  idempotency_key_reused: true,
  rate_limited: true,
  internal: true,
  database_unavailable: true,
  sign_in_unavailable: true,
  not_ready: true,
};

/** Whether a document is one that this client knows; the service has seen to the fields that belong to its code. */
function isKnown(document: unknown): document is Problem {
  if (typeof document !== "object" || document === null || !("code" in document)) {
    return false;
  }
  return typeof document.code === "string" && Object.hasOwn(KNOWN, document.code);
}

/** Reads what went wrong from an answer that is no success. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : null;
  const text = await response.text();
  const document = response.headers.get("content-type")?.startsWith("application/problem+json")
    ? (JSON.parse(text) as unknown)
    : null;
  if (isKnown(document)) {
    return new ProblemError(document, retryAfter);
  }
  const unexpected: Unexpected = {
    code: "unexpected",
    status: response.status,
    detail: `The service answered ${response.status}.`,
    request_id: response.headers.get("x-request-id"),
  };
  return new ProblemError(unexpected, retryAfter);
}

/** A sentence for the person, where the code asks for more than what the service says itself. */
export function explain(problem: Problem | Unexpected): string {
  switch (problem.code) {
    case "capability_required":
      return `${problem.detail} (${problem.capability})`;
    case "rate_limited":
    case "payload_too_large":
      return problem.limit ? `${problem.detail} The limit is ${problem.limit.maximum}.` : problem.detail;
    case "validation_failed":
    case "invalid_parameter":
      return problem.errors.map((place) => `${place.pointer ?? place.parameter ?? ""}: ${place.message}`).join("\n");
    case "token_expired":
    case "unauthenticated":
      return "Please sign in again.";
    default:
      return problem.detail;
  }
}
