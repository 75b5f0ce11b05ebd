// A typed client over `fetch`: paths, parameters, bodies and answers come from the specification.

import { problemOf } from "./problem";
import type { paths } from "./schema";

type Method = "get" | "post" | "put" | "patch" | "delete";
type PathsWith<M extends Method> = {
  [Path in keyof paths]: paths[Path][M] extends { responses: unknown } ? Path : never;
}[keyof paths];
type Operation<Path extends keyof paths, M extends Method> = paths[Path][M];

type ContentOf<Part> = Part extends { content: infer Content } ? Content[keyof Content] : undefined;
type Answers<Op> = Op extends { responses: infer Responses } ? Responses : never;
/** What an operation answers when it goes well. */
export type Answer<Op> = ContentOf<Answers<Op>[keyof Answers<Op> & (200 | 201 | 202 | 204)]>;

type Parameters<Op> = Op extends { parameters: infer All } ? All : never;
type Part<Op, Place extends string> = Parameters<Op> extends { [Key in Place]: infer Found } ? Found : never;
type Json<Op> = Op extends { requestBody: { content: { "application/json": infer Body } } } ? Body : never;

type OptionOf<Key extends string, Value> = [Value] extends [never] ? unknown : { [Name in Key]: Value };
/** What a call needs: the parameters and the body that the operation has. */
export type CallOptions<Op> = OptionOf<"path", Part<Op, "path">> &
  OptionOf<"body", Json<Op>> & {
    query?: NonNullable<Parameters<Op> extends { query?: infer Query } ? Query : never>;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  };

interface AnyCall {
  path?: Record<string, string | number>;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

/** Where the service is, and how to sign in. `token` is asked anew for each request, so that it can be refreshed. */
export interface Connection {
  baseUrl: string;
  token: () => string | Promise<string>;
}

export class Client {
  constructor(private readonly connection: Connection) {}

  get<Path extends PathsWith<"get">>(path: Path, options: CallOptions<Operation<Path, "get">>) {
    return this.call<Operation<Path, "get">>("GET", path, options as AnyCall);
  }

  post<Path extends PathsWith<"post">>(path: Path, options: CallOptions<Operation<Path, "post">>) {
    return this.call<Operation<Path, "post">>("POST", path, options as AnyCall);
  }

  put<Path extends PathsWith<"put">>(path: Path, options: CallOptions<Operation<Path, "put">>) {
    return this.call<Operation<Path, "put">>("PUT", path, options as AnyCall);
  }

  patch<Path extends PathsWith<"patch">>(path: Path, options: CallOptions<Operation<Path, "patch">>) {
    return this.call<Operation<Path, "patch">>("PATCH", path, options as AnyCall);
  }

  delete<Path extends PathsWith<"delete">>(path: Path, options: CallOptions<Operation<Path, "delete">>) {
    return this.call<Operation<Path, "delete">>("DELETE", path, options as AnyCall);
  }

  /** Sends a form with files. The same key makes a repeated upload harmless. */
  async upload<Path extends "/v1/import-runs" | "/v1/import-runs/{run_id}/files">(
    path: Path,
    form: FormData,
    options: { path?: Record<string, string>; key?: string } = {},
  ): Promise<Answer<Operation<Path, "post">>> {
    const headers: Record<string, string> = options.key ? { "Idempotency-Key": options.key } : {};
    const response = await this.send("POST", path, { ...(options.path && { path: options.path }), headers }, form);
    return (await response.json()) as Answer<Operation<Path, "post">>;
  }

  /** Sends a request and hands the answer out as it is: for streams and downloads. Throws a `ProblemError`. */
  async send(method: string, path: string, call: AnyCall, body?: BodyInit): Promise<Response> {
    const headers = new Headers(call.headers);
    headers.set("Authorization", `Bearer ${await this.connection.token()}`);
    const response = await fetch(this.url(path, call), {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(call.signal && { signal: call.signal }),
    });
    if (!response.ok) {
      throw await problemOf(response);
    }
    return response;
  }

  private async call<Op>(method: string, path: string, call: AnyCall): Promise<Answer<Op>> {
    const headers = { ...call.headers, ...(call.body !== undefined && { "Content-Type": "application/json" }) };
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const response = await this.send(method, path, { ...call, headers }, body);
    return (response.status === 204 ? undefined : await response.json()) as Answer<Op>;
  }

  private url(path: string, call: AnyCall): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = call.path?.[name];
      if (value === undefined) {
        throw new TypeError(`${path} needs ${name}`);
      }
      return encodeURIComponent(value);
    });
    const url = new URL(filled, this.connection.baseUrl);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    return url.href;
  }
}
