/**
 * The HTTP side: one request in, one answer out, judged by the description on both ways. Answers at
 * the root, as api.github.com does, and below `/api/v3` and `/api/graphql`, as GitHub Enterprise
 * Server does.
 */

import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { authenticate, authorize } from "./authentication.ts";
import { type Answer, type Call, Refusal } from "./call.ts";
import { apiDescription, type Operation } from "./description.ts";
import { type Fault, Faults, type SeenRequest, secondaryLimit } from "./faults.ts";
import { answerGraphql } from "./graphql.ts";
import { handlers } from "./handlers/index.ts";
import { fields, isFields, parseJson } from "./json.ts";
import { RateLimits } from "./rate-limits.ts";
import type { Repository, World } from "./state.ts";

export interface LoggedCall extends SeenRequest {
  /** 0 until it is answered, and for good when it never is. */
  readonly status: number;
}

export type RequestHook = (request: SeenRequest) => void | Promise<void>;

interface Incoming extends SeenRequest {
  status: number;
  readonly api: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly operationObject: Operation | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  readonly isJson: boolean;
}

export class GitHubServer {
  readonly faults = new Faults();
  readonly hooks = new Set<RequestHook>();
  readonly violations: string[] = [];
  rateLimits: RateLimits;
  calls: LoggedCall[] = [];
  readonly #world: World;
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  #active = 0;
  #contentTimes: number[] = [];

  constructor(world: World, rateLimit: number) {
    this.#world = world;
    this.rateLimits = new RateLimits(rateLimit);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(
          `the stand-in failed: ${error instanceof Error ? error.stack : error}`,
        );
        response.destroy();
      });
    });
  }

  /** The port it listens on. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const incoming = await read(this.#world, request);
    this.calls.push(incoming);
    for (const hook of this.hooks) await hook(incoming);
    const fault = this.faults.take(incoming);
    if (fault !== undefined && fault !== "after") return this.#strike(fault, incoming, response);

    this.#active += 1;
    try {
      const answer = await this.#answer(incoming);
      if (fault === "after") return void response.destroy();
      incoming.status = answer.status;
      this.#send(incoming, answer, response);
    } finally {
      this.#active -= 1;
    }
  }

  #strike(fault: Exclude<Fault, "after">, incoming: Incoming, response: ServerResponse): void {
    if ("status" in fault) {
      incoming.status = fault.status;
      const { status, body = { message: "injected fault" }, headers = {} } = fault;
      this.#send(incoming, { status, body, headers }, response);
      return;
    }
    if ("reset" in fault) {
      response.destroy();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      response.destroy();
    }, fault.hang);
    this.#timers.add(timer);
  }

  async #answer(incoming: Incoming): Promise<Answer> {
    try {
      if (this.#active > this.#world.limits.concurrentRequests) return secondaryLimit(60);
      return incoming.operation === "graphql"
        ? await this.#answerGraphql(incoming)
        : await this.#answerRest(incoming);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  async #answerGraphql(incoming: Incoming): Promise<Answer> {
    const token = authenticate(this.#world, incoming.headers.authorization, undefined);
    if (!this.rateLimits.spend("graphql")) {
      const message = `API rate limit exceeded for installation ID ${this.#world.installationId}.`;
      return { status: 200, body: { errors: [{ type: "RATE_LIMITED", message }] } };
    }
    if (!isFields(incoming.body)) throw new Refusal(400, "Problems parsing JSON");
    const { api } = incoming;
    return answerGraphql({
      api,
      token,
      world: this.#world,
      body: incoming.body,
      rateLimit: this.rateLimits.graphqlNode(),
      violation: (message) => this.violations.push(message),
    });
  }

  async #answerRest(incoming: Incoming): Promise<Answer> {
    const { method, path, operationObject: operation, headers } = incoming;
    const world = this.#world;
    const moved = this.#redirect(incoming);
    if (moved !== undefined) return moved;
    if (headers["user-agent"] === undefined) {
      throw new Refusal(
        403,
        "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
      );
    }
    if (operation === undefined) {
      this.violations.push(`${method} ${path}: GitHub has no such operation`);
      throw new Refusal(404, "Not Found");
    }
    const handler = handlers[operation.id];
    if (handler === undefined) {
      this.violations.push(`${method} ${path}: the stand-in does not answer ${operation.id}`);
      throw new Refusal(501, `The stand-in does not answer ${operation.id}`);
    }
    const token = authenticate(world, headers.authorization, handler.by);
    if (operation.id !== "rate-limit/get" && !this.rateLimits.spend("core")) {
      throw new Refusal(
        403,
        `API rate limit exceeded for installation ID ${world.installationId}.`,
      );
    }
    if (!incoming.isJson) throw new Refusal(400, "Problems parsing JSON");
    this.#judgeRequest(incoming, operation);
    const repository = this.#repository(incoming);
    if (repository === undefined) throw new Refusal(404, "Not Found");
    authorize(handler, token);
    if (operation.notifies && this.#isOverContentLimit()) return secondaryLimit(60);

    const call: Call = {
      operation,
      path: incoming.parameters,
      query: incoming.query,
      body: fields(incoming.body),
      accept: headers.accept ?? "",
      token,
      api: incoming.api,
      url: incoming.url,
      repository,
      world,
      rateLimits: () => this.rateLimits.overview(),
    };
    let answer: Answer;
    try {
      answer = await handler.answer(call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { status: error.status, body: error.body };
    }
    this.#judgeAnswer(incoming, operation, answer);
    return answer;
  }

  #judgeRequest({ method, path, query, body, parameters }: Incoming, operation: Operation): void {
    const found = apiDescription().requestProblems(operation, parameters, query, body);
    for (const problem of [...found.refused, ...found.unknown]) {
      this.violations.push(`${method} ${path}: request: ${problem}`);
    }
    if (found.refused.length > 0) {
      throw new Refusal(422, `Invalid request.\n\n${found.refused.join("\n")}`);
    }
  }

  #judgeAnswer({ method, path }: Incoming, operation: Operation, answer: Answer): void {
    const { status, body, type } = answer;
    if (Buffer.isBuffer(body)) return;
    // What the client gets is what JSON makes of the body.
    const sent: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
    const problems = apiDescription().responseProblems(operation, status, type, sent);
    for (const problem of problems) {
      this.violations.push(`${method} ${path}: ${status} response: ${problem}`);
    }
  }

  /** The repository in the path; the first one for operations outside any. */
  #repository({ parameters }: Incoming): Repository | undefined {
    const owner = parameters.get("owner");
    const name = parameters.get("repo");
    if (owner === undefined || name === undefined) return this.#world.repositories[0];
    return this.#world.find(owner, name);
  }

  /** Renamed repositories answer with their address by id; 307 keeps the method (docs, redirects). */
  #redirect({ method, parameters, path, api, url }: Incoming): Answer | undefined {
    const old = `${parameters.get("owner")}/${parameters.get("repo")}`.toLowerCase();
    const repository = this.#world.renamed.get(old);
    if (repository === undefined) return undefined;
    const rest = path.split("/").slice(4).join("/");
    const location = `${api}/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}${url.search}`;
    const message = "Moved Permanently";
    const body = { message, url: location, documentation_url: "https://docs.github.com/rest" };
    return { status: method === "GET" ? 301 : 307, headers: { location }, body };
  }

  #isOverContentLimit(): boolean {
    const time = Date.now();
    this.#contentTimes = this.#contentTimes.filter((then) => then > time - 60_000);
    this.#contentTimes.push(time);
    return this.#contentTimes.length > this.#world.limits.contentPerMinute;
  }

  #send(incoming: Incoming, answer: Answer, response: ServerResponse): void {
    const { body, type, headers = {} } = answer;
    const content = Buffer.isBuffer(body)
      ? body
      : Buffer.from(body === undefined ? "" : JSON.stringify(body));
    const tag = `"${createHash("sha256").update(content).digest("hex")}"`;
    const isRead = incoming.method === "GET" && answer.status === 200;
    const isSame = isRead && (incoming.headers["if-none-match"] ?? "").replace(/^W\//, "") === tag;
    if (isSame) incoming.status = 304;
    response.writeHead(isSame ? 304 : answer.status, {
      ...this.rateLimits.headers(incoming.operation === "graphql" ? "graphql" : "core"),
      "x-github-request-id": randomUUID(),
      ...(incoming.api.endsWith("/api/v3") ? { "x-github-enterprise-version": "3.19.0" } : {}),
      ...(content.length > 0 ? { "content-type": type ?? "application/json; charset=utf-8" } : {}),
      ...(isRead ? { etag: tag } : {}),
      ...headers,
    });
    response.end(isSame ? undefined : content);
  }
}

async function read(world: World, request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const source = Buffer.concat(chunks).toString();
  const origin = `http://${request.headers.host ?? "127.0.0.1"}`;
  const url = new URL(`${origin}${request.url ?? "/"}`);
  const isEnterprise = url.pathname.startsWith("/api/");
  const path = byName(world, url.pathname.replace(/^\/api\/v3(?=\/)/, ""));
  const method = request.method ?? "GET";
  const isGraphql = method === "POST" && /^(\/api)?\/graphql$/.test(url.pathname);
  const found = isGraphql ? undefined : apiDescription().match(method, path);
  const body = source === "" ? undefined : parseJson(source);
  return {
    method,
    path,
    query: url.searchParams,
    body,
    operation: isGraphql ? "graphql" : found?.operation.id,
    status: 0,
    api: isEnterprise ? `${origin}/api/v3` : origin,
    url,
    headers: request.headers,
    operationObject: found?.operation,
    parameters: found?.parameters ?? new Map(),
    isJson: source === "" || body !== undefined,
  };
}

/** Paths by repository id, which redirects lead to, as paths by name. */
function byName(world: World, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = world.repositories.find((candidate) => String(candidate.id) === id);
  const named = repository === undefined ? path : `/repos/${repository.fullName}${rest}`;
  return named.replace(/\/contents$/, "/contents/");
}
