/** Sources that the tests of this folder share, each with what Portcullis says of it. */

/** `injection/sql-execute`, high, at line 3. */
export const SQL = `from flask import request
def find(cursor):
    cursor.execute("SELECT * FROM t WHERE name = '" + request.args["name"] + "'")
`;

/** `deserialization/pickle-load`, medium, at line 3. */
export const PICKLE = `import pickle
def load(data):
    return pickle.loads(data)
`;

export const QUIET = "def nothing():\n    return 1\n";

/** \`scan\` and \`review\` as data. */
export interface JsonReport {
  readonly base?: string;
  readonly head: string;
  readonly findings: Readonly<Record<"new" | "fixed" | "unchanged", readonly JsonFinding[]>>;
  readonly suppressed: readonly (JsonFinding & {
    readonly by: { readonly kind: string; readonly added?: boolean };
  })[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly notes: readonly string[];
  readonly summary: { readonly files: number };
}

interface JsonFinding {
  readonly ruleId: string;
  readonly severity: string;
  readonly path: string;
  readonly region: { readonly startLine: number };
  readonly fingerprint: string;
}

/** \`rule path:line\` of each finding. */
export function places(findings: readonly JsonFinding[]): string[] {
  return findings.map((one) => `${one.ruleId} ${one.path}:${one.region.startLine}`);
}
