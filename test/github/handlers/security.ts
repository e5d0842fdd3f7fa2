/** Code scanning uploads, advisories and the dependency graph. */

import { randomUUID } from "node:crypto";
import { gunzipSync } from "node:zlib";
import {
  type Answer,
  type Call,
  type Handlers,
  needs,
  notFound,
  ok,
  parameter,
  Refusal,
} from "../call.ts";
import { at, type Fields, fields, list, parseJson, text } from "../json.ts";

export const security: Handlers = {
  "code-scanning/upload-sarif": {
    needs: [needs("security_events", "write")],
    answer: uploadSarif,
  },
  "security-advisories/list-global-advisories": { needs: [], by: "anyone", answer: listAdvisories },
  "dependency-graph/diff-range": {
    needs: [needs("contents", "read")],
    answer: (call) => {
      const { dependencyChanges } = call.repository;
      if (dependencyChanges === null) throw notFound();
      if (dependencyChanges === "forbidden") {
        throw new Refusal(403, "Dependency review is not supported on this repository.");
      }
      if (!parameter(call, "basehead").includes("...")) throw new Refusal(404, "Not Found");
      return ok(dependencyChanges);
    },
  },
};

function uploadSarif(call: Call): Answer {
  const { limits } = call.world;
  const packed = Buffer.from(text(call.body, "sarif") ?? "", "base64");
  if (packed.length > limits.sarifBytes) throw new Refusal(413, "Payload Too Large");
  const ref = text(call.body, "ref") ?? "";
  if (!/^refs\/(heads|tags|pull)\/.+$/.test(ref))
    throw new Refusal(400, `ref ${ref} is not a full ref`);
  const sarif = unpacked(packed);
  const runs = list(fields(sarif), "runs");
  if (text(fields(sarif), "version") !== "2.1.0" || runs === undefined) {
    throw new Refusal(400, "Invalid SARIF. Not a 2.1.0 log with runs.");
  }
  if (runs.length > limits.sarifRuns) throw new Refusal(400, "Invalid SARIF. Too many runs.");
  for (const run of runs) {
    if ((list(run, "results") ?? []).length > limits.sarifResults) {
      throw new Refusal(400, "Invalid SARIF. Too many results.");
    }
    const rules = list(fields(at(run, "tool", "driver")), "rules") ?? [];
    if (rules.length > limits.sarifRules) throw new Refusal(400, "Invalid SARIF. Too many rules.");
  }
  const id = randomUUID();
  const commitSha = text(call.body, "commit_sha") ?? "";
  call.repository.sarifUploads.push({ id, commitSha, ref, sarif });
  const url = `${call.api}/repos/${call.repository.fullName}/code-scanning/sarifs/${id}`;
  return { status: 202, body: { id, url } };
}

function unpacked(packed: Buffer): unknown {
  try {
    return parseJson(gunzipSync(packed).toString());
  } catch {
    throw new Refusal(400, "Invalid SARIF. The content is not gzip in base64.");
  }
}

/** Filters as the description lists them, a page by cursor, `Link` to the next. */
function listAdvisories(call: Call): Answer {
  const { query } = call;
  const affects = [...query.getAll("affects"), ...query.getAll("affects[]")]
    .flatMap((value) => value.split(","))
    .filter(Boolean);
  if (affects.length > 1000) throw new Refusal(422, "Too many packages in affects");
  const ecosystem = query.get("ecosystem");
  const type = query.get("type") ?? "reviewed";
  const withdrawn = query.get("is_withdrawn");
  const found = call.world.advisories.filter((advisory) => {
    const vulnerabilities = list(advisory, "vulnerabilities") ?? [];
    return (
      text(advisory, "type") === type &&
      (query.get("ghsa_id") ?? text(advisory, "ghsa_id")) === text(advisory, "ghsa_id") &&
      (query.get("cve_id") ?? text(advisory, "cve_id")) === text(advisory, "cve_id") &&
      (withdrawn === null ||
        (withdrawn === "true") === (text(advisory, "withdrawn_at") !== undefined)) &&
      (ecosystem === null ||
        vulnerabilities.some((v) => at(v, "package", "ecosystem") === ecosystem)) &&
      (affects.length === 0 ||
        affects.some((wanted) => vulnerabilities.some((v) => isAffected(v, wanted))))
    );
  });
  const size = Math.min(Number(query.get("per_page") ?? 30), 100);
  const after = query.get("after");
  const start = after === null ? 0 : Number(Buffer.from(after, "base64").toString());
  const end = start + size;
  const next = new URL(call.url);
  next.searchParams.set("after", Buffer.from(String(end)).toString("base64"));
  return {
    ...ok(found.slice(start, end)),
    headers: end < found.length ? { link: `<${next}>; rel="next"` } : {},
  };
}

function isAffected(vulnerability: Fields, wanted: string): boolean {
  const [name = "", version] = wanted.split("@");
  if (at(vulnerability, "package", "name") !== name) return false;
  const range = text(vulnerability, "vulnerable_version_range") ?? "";
  return version === undefined || range.split(",").every((part) => satisfies(version, part.trim()));
}

/** Dotted numbers only: enough for the versions that tests ask about. */
function satisfies(version: string, condition: string): boolean {
  const [, operator = "=", bound = ""] = /^(<=|>=|<|>|=)?\s*(.+)$/.exec(condition) ?? [];
  const order = compareVersions(version, bound);
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  if (operator === ">") return order > 0;
  if (operator === ">=") return order >= 0;
  return order === 0;
}

function compareVersions(left: string, right: string): number {
  const a = left.split(".").map(Number);
  const b = right.split(".").map(Number);
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
