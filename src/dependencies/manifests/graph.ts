/**
 * Who asks for whom in a lock file. Formats tell it in their own ways (names, names with versions, nested folders); what is made
 * of it is the same: parents, and for whom a package is there, found by walking from what the project itself asks for.
 */
import type { Scope } from "../package.ts";

/** What the project itself asks for: the key of a locked package, and for whom. */
export interface Root {
  readonly key: string;
  readonly scope: Scope;
  readonly group?: string | undefined;
}

export interface Standing {
  /** Absent where no root is known, so that nothing is known of it. */
  readonly direct?: boolean;
  readonly scope: Scope;
  readonly group?: string;
  readonly parents: readonly string[];
}

/** What runs in production outranks the rest: a package that both need counts as `main`. */
const ORDER: readonly Scope[] = ["main", "extra", "dev", "test"];

/** Keys by a name or a key, each once. */
export type Links = Map<string, Set<string>>;

/**
 * Versions of one package that are told apart. Real locks have a handful; without a bound, packages that all ask for one with
 * many versions would come to as many edges as their product.
 */
const MAX_LINKS = 10_000;

/** Adds what a key leads to. */
export function link(links: Links, key: string, targets: Iterable<string> = []): void {
  const known = links.get(key) ?? new Set();
  links.set(key, known);
  for (const target of targets) if (known.size < MAX_LINKS) known.add(target);
}

/**
 * The standing of each package. `edges` holds, by key, the keys that a package asks for. A package that no root leads to is left
 * at `otherwise`.
 */
export function standings(
  edges: ReadonlyMap<string, Iterable<string>>,
  roots: readonly Root[],
  otherwise: Scope = "main",
): ReadonlyMap<string, Standing> {
  const parents = new Map<string, string[]>();
  for (const [key, targets] of edges) {
    for (const target of new Set(targets)) {
      if (target === key) continue;
      const known = parents.get(target);
      if (known === undefined) parents.set(target, [key]);
      else known.push(key);
    }
  }
  const reached = new Map<string, { scope: Scope; group?: string | undefined }>();
  for (const scope of ORDER) {
    const waiting = roots.filter((root) => root.scope === scope);
    while (waiting.length > 0) {
      const next = waiting.pop();
      if (next === undefined || reached.has(next.key)) continue;
      reached.set(next.key, { scope, group: next.group });
      for (const key of edges.get(next.key) ?? [])
        if (!reached.has(key)) waiting.push({ key, scope, group: next.group });
    }
  }
  const direct = new Set(roots.map(({ key }) => key));
  const result = new Map<string, Standing>();
  for (const key of edges.keys()) {
    const { scope = otherwise, group } = reached.get(key) ?? {};
    result.set(key, {
      ...(direct.size > 0 && { direct: direct.has(key) }),
      scope,
      ...(group !== undefined && { group }),
      parents: parents.get(key) ?? [],
    });
  }
  return result;
}
