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

/**
 * Keys by a name or a key, each once. Most lead to a handful, for which a list takes a fraction of a set's room; one that is added
 * to again becomes a set.
 */
export type Links = Map<string, readonly string[] | Set<string>>;

/**
 * Versions of one package that are told apart. Real locks have a handful; without a bound, packages that all ask for one with
 * many versions would come to as many edges as their product.
 */
const MAX_LINKS = 10_000;

/** Adds what a key leads to. */
export function link(links: Links, key: string, targets: readonly string[] = []): void {
  const known = links.get(key);
  if (known === undefined) {
    links.set(key, targets.length < 2 ? targets : [...new Set(targets)].slice(0, MAX_LINKS));
    return;
  }
  if (targets.length === 0) return;
  const all = known instanceof Set ? known : new Set(known);
  for (const target of targets) if (all.size < MAX_LINKS) all.add(target);
  if (all !== known) links.set(key, all);
}

/** The standing of each package that has edges, worked out when it is asked for. */
export interface Standings {
  get(key: string): Standing | undefined;
}

/**
 * `edges` holds, by key, the keys that a package asks for. A package that no root leads to is left at `otherwise`.
 */
export function standings(
  edges: ReadonlyMap<string, readonly string[] | ReadonlySet<string>>,
  roots: readonly Root[],
  otherwise: Scope = "main",
): Standings {
  const parents = parentsIn(edges);
  const reached = new Map<string, Root>();
  for (const scope of ORDER) {
    // Two stacks side by side: what is next, and the root that led there.
    const from = roots.filter((root) => root.scope === scope);
    const waiting = from.map(({ key }) => key);
    for (;;) {
      const key = waiting.pop();
      const root = from.pop();
      if (key === undefined || root === undefined) break;
      if (reached.has(key)) continue;
      reached.set(key, root);
      for (const target of edges.get(key) ?? []) {
        if (reached.has(target)) continue;
        waiting.push(target);
        from.push(root);
      }
    }
  }
  const direct = new Set(roots.map(({ key }) => key));
  return {
    get: (key) => {
      if (!edges.has(key)) return undefined;
      const { scope = otherwise, group } = reached.get(key) ?? {};
      return {
        ...(direct.size > 0 && { direct: direct.has(key) }),
        scope,
        ...(group !== undefined && { group }),
        parents: parents.get(key) ?? [],
      };
    },
  };
}

function parentsIn(
  edges: ReadonlyMap<string, readonly string[] | ReadonlySet<string>>,
): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const [key, targets] of edges) {
    for (const target of targets) {
      if (target === key) continue;
      const known = parents.get(target);
      if (known === undefined) parents.set(target, [key]);
      else if (known.at(-1) !== key) known.push(key);
    }
  }
  return parents;
}
