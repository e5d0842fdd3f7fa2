/**
 * Flaws by what runs with them. What several modules build on may be written in one file or in each of them: as long as the same
 * modules run with a flaw, moving its text from file to file neither makes a flaw nor mends one.
 */
import type { Affected } from "../core/finding.ts";
import type { Hit } from "./hit.ts";

type PathOf = (path: string) => string;

/** How often the modules of one side have each flaw, and how badly at most. `pathOf` tells what a path is called in base. */
export class AffectedModules {
  readonly #pathOf: PathOf;
  readonly #flaws = new Map<string, { count: number; measure: number }>();
  readonly #modules = new Set<string>();

  constructor(hits: readonly Hit[], pathOf: PathOf) {
    this.#pathOf = pathOf;
    for (const hit of hits)
      for (const one of hit.affects ?? []) {
        const key = this.#keyOf(hit, one);
        const { count, measure } = this.#flaws.get(key) ?? { count: 0, measure: -Infinity };
        this.#flaws.set(key, {
          count: count + 1,
          measure: Math.max(measure, hit.measure ?? -Infinity),
        });
        this.#modules.add(`${hit.finding.fingerprint}\0${pathOf(one.path)}`);
      }
  }

  /** True where all that runs with a flaw of this side runs with it on the other side as often, and as badly. */
  isAllIn(other: AffectedModules, hit: Hit): boolean {
    const { affects = [], measure = -Infinity } = hit;
    return (
      affects.length > 0 &&
      affects.every((one) => {
        const key = this.#keyOf(hit, one);
        const there = other.#flaws.get(key);
        return (
          there !== undefined &&
          there.count >= (this.#flaws.get(key)?.count ?? 0) &&
          there.measure >= measure
        );
      })
    );
  }

  /** What runs with a flaw of this side, and has no such flaw on the other side. */
  notIn(other: AffectedModules, { finding, affects = [] }: Hit): readonly Affected[] {
    return affects.filter(
      ({ path }) => !other.#modules.has(`${finding.fingerprint}\0${this.#pathOf(path)}`),
    );
  }

  #keyOf({ finding }: Hit, { path, class: name = "" }: Affected): string {
    return `${finding.fingerprint}\0${this.#pathOf(path)}\0${name}`;
  }
}
