/**
 * One request as a handler sees it, and what a handler may answer. Handlers are listed by the
 * description's operation id, so that path, parameters and schemas are never written down twice.
 */

import type { Operation } from "./description.ts";
import type { Fields } from "./json.ts";
import { text } from "./json.ts";
import type { Access, Repository, Token, World } from "./state.ts";

export interface Call {
  readonly operation: Operation;
  readonly path: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly body: Fields;
  readonly accept: string;
  readonly token: Token;
  /** Base of the API as the client addressed it, without a slash at the end. */
  readonly api: string;
  /** The whole address of the request, for `Link` headers. */
  readonly url: URL;
  readonly repository: Repository;
  readonly world: World;
  /** Body of `GET /rate_limit`. */
  readonly rateLimits: () => Fields;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON, unless it is a buffer. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Media type of a buffer. */
  readonly type?: string;
}

export interface Handler {
  /** Any one of these is enough; none listed means that any valid token will do. */
  readonly needs: readonly { readonly permission: string; readonly access: Access }[];
  /** Who may call; an installation or Actions token by default. */
  readonly by?: "app" | "anyone";
  answer(call: Call): Answer | Promise<Answer>;
}

export type Handlers = Readonly<Record<string, Handler>>;

/** An error answer, thrown from anywhere below a handler. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Fields;

  constructor(status: number, message: string, errors?: readonly (Fields | string)[]) {
    super(message);
    this.status = status;
    this.body = {
      message,
      ...(errors ? { errors } : {}),
      documentation_url: "https://docs.github.com/rest",
      status: String(status),
    };
  }
}

export function needs(permission: string, access: Access): Handler["needs"][number] {
  return { permission, access };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export function notFound(message = "Not Found"): Refusal {
  return new Refusal(404, message);
}

/** 422 in the form with objects (description: `validation-error`). */
export function invalid(resource: string, field: string, message: string): Refusal {
  return new Refusal(422, "Validation Failed", [{ resource, field, code: "custom", message }]);
}

export function parameter(call: Call, name: string): string {
  return call.path.get(name) ?? "";
}

export function numberParameter(call: Call, name: string): number {
  return Number(parameter(call, name));
}

interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** One page of a list and its `Link` header; 30 a page, 100 at most (docs, using pagination). */
export function paged<T>(call: Call, all: readonly T[], most = Number.POSITIVE_INFINITY): Page<T> {
  const size = Math.min(Math.max(Number(call.query.get("per_page") ?? 30), 1), 100);
  const page = Math.max(Number(call.query.get("page") ?? 1), 1);
  const reachable = all.slice(0, most);
  const last = Math.max(Math.ceil(reachable.length / size), 1);
  const links = [
    ...(page > 1 ? [link(call, page - 1, "prev"), link(call, 1, "first")] : []),
    ...(page < last ? [link(call, page + 1, "next"), link(call, last, "last")] : []),
  ];
  return {
    items: reachable.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}

function link(call: Call, page: number, relation: string): string {
  const url = new URL(call.url);
  url.searchParams.set("page", String(page));
  return `<${url}>; rel="${relation}"`;
}

/** A comment's text within GitHub's limit, or a refusal. */
export function commentBody(call: Call, resource: string, from: Fields = call.body): string {
  const body = text(from, "body") ?? "";
  if (body.trim() === "") throw invalid(resource, "body", "body can't be blank");
  const most = call.world.limits.bodyCharacters;
  if ([...body].length > most) {
    throw invalid(resource, "body", `body is too long (maximum is ${most} characters)`);
  }
  return body;
}
