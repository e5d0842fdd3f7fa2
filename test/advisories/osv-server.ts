/**
 * A stand-in for OSV.dev over real HTTP: `POST /v1/querybatch` with pages by token, and `GET /v1/vulns/{id}`
 * (https://google.github.io/osv.dev/post-v1-querybatch/). It matches versions as our own index does: what is tested is the way there.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { readRecord } from "../../src/advisories/osv-record.ts";
import { AdvisoryIndex, ecosystems } from "../../src/dependencies/index.ts";

const Batch = z.strictObject({
  queries: z
    .array(
      z.strictObject({
        package: z.strictObject({ ecosystem: z.enum(ecosystems), name: z.string() }),
        version: z.string().optional(),
        page_token: z.string().optional(),
      }),
    )
    .max(1000),
});

/** Answered instead of being performed; `undefined` lets the request through. */
export type OsvFault =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | { readonly body: string };

export interface OsvStandIn {
  readonly url: string;
  /** `POST /v1/querybatch` and the like, in order. */
  readonly calls: readonly string[];
  fault: ((path: string, call: number) => OsvFault | undefined) | undefined;
  close(): Promise<void>;
}

export async function startOsv(
  records: readonly { readonly id: string }[],
  { page = 1000 }: { readonly page?: number } = {},
): Promise<OsvStandIn> {
  const byId = new Map(records.map((record) => [record.id, record]));
  const index = new AdvisoryIndex(records.flatMap((record) => readRecord(record)?.advisory ?? []));
  const calls: string[] = [];
  const state: { fault: OsvStandIn["fault"] } = { fault: undefined };

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const path = request.url ?? "";
    if (request.method === "GET" && path.startsWith("/v1/vulns/")) {
      const record = byId.get(decodeURIComponent(path.slice("/v1/vulns/".length)));
      return record === undefined
        ? { status: 404, body: { code: 5 } }
        : { status: 200, body: record };
    }
    if (request.method !== "POST" || path !== "/v1/querybatch") return { status: 404, body: {} };
    const parsed = Batch.safeParse(JSON.parse(await bodyOf(request)));
    if (
      !parsed.success ||
      parsed.data.queries.some(({ version }) => version?.includes(" ") === true)
    )
      return { status: 400, body: { code: 3, message: "Invalid query." } };
    const results = parsed.data.queries.map(
      ({ package: { ecosystem, name }, version, page_token }) => {
        const ids =
          version === undefined
            ? index.advisoriesOf(ecosystem, name).map(({ id }) => id)
            : index
                .find(ecosystem, name, version)
                .flatMap((hit) => hit.records.map(({ id }) => id));
        const start = Number(page_token ?? 0);
        const vulns = ids
          .slice(start, start + page)
          .map((id) => ({ id, modified: "2024-01-01T00:00:00Z" }));
        return {
          ...(vulns.length > 0 && { vulns }),
          ...(start + page < ids.length && { next_page_token: String(start + page) }),
        };
      },
    );
    return { status: 200, body: { results } };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    calls.push(`${request.method} ${request.url}`);
    const fault = state.fault?.(request.url ?? "", calls.length);
    if (fault !== undefined) {
      const status = "status" in fault ? fault.status : 200;
      response.writeHead(status, "status" in fault ? fault.headers : {});
      response.end("body" in fault ? fault.body : "{}");
      return;
    }
    const { status, body } = await answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}
