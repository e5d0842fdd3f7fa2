/**
 * Everything that a program can change lives in a cell: the binding of a name, the contents of a list or dict. To follow a
 * branch whose condition is not decided, the interpreter runs it with a trail that remembers each cell's content before its
 * first write, takes the writes out again, runs the other branch, and joins what the two wrote. Branches cost what they
 * write, not what there is.
 */
export interface Cell<T> {
  content: T;
  /** Joins the contents of two branches; the order is that of the code. */
  readonly join: (a: T, b: T) => T;
}

/** What one branch wrote: the contents at its end. */
export type Writes = ReadonlyMap<Cell<unknown>, unknown>;

export class Heap {
  /** Of each branch that runs, outermost first, what was there before its writes. */
  #trails: Map<Cell<unknown>, unknown>[] = [];

  write<T>(cell: Cell<T>, content: T): void {
    const erased = erase(cell);
    const trail = this.#trails.at(-1);
    if (trail !== undefined && !trail.has(erased)) trail.set(erased, cell.content);
    cell.content = content;
  }

  /** Runs one branch and takes its writes back. */
  branch<R>(run: () => R): { readonly result: R; readonly writes: Writes } {
    const trail = new Map<Cell<unknown>, unknown>();
    this.#trails.push(trail);
    try {
      const result = run();
      const writes = new Map<Cell<unknown>, unknown>();
      for (const cell of trail.keys()) writes.set(cell, cell.content);
      return { result, writes };
    } finally {
      for (const [cell, before] of trail) cell.content = before;
      this.#trails.pop();
    }
  }

  /** How many branches run, one within another. */
  get depth(): number {
    return this.#trails.length;
  }

  /** What the branches within that many others have written so far. */
  since(depth: number): Writes {
    const cells = this.#trails.slice(depth).flatMap((trail) => [...trail.keys()]);
    return new Map(cells.map((cell) => [cell, cell.content]));
  }

  /** Runs what does not belong to the branch that happens to need it: its writes stay when the branch is taken back. */
  outside<R>(run: () => R): R {
    const trails = this.#trails;
    this.#trails = [];
    try {
      return run();
    } finally {
      this.#trails = trails;
    }
  }

  /** Makes the writes of one branch real. */
  apply(writes: Writes): void {
    for (const [cell, content] of writes) this.write(cell, content);
  }

  /** Makes a join of several branches real: a cell that a branch left alone has its old content there. */
  join(branches: readonly Writes[]): void {
    const [only] = branches;
    if (only !== undefined && branches.length === 1) {
      this.apply(only);
      return;
    }
    const cells = new Set(branches.flatMap((writes) => [...writes.keys()]));
    for (const cell of cells) {
      const writers = branches.filter((writes) => writes.has(cell));
      const contents = writers.map((writes) => writes.get(cell));
      // What was there before comes first, so that what is written last stands last.
      if (writers.length < branches.length) contents.unshift(cell.content);
      this.write(
        cell,
        contents.reduce((a, b) => (a === b ? a : cell.join(a, b))),
      );
    }
  }
}

/** A cell whose content type is forgotten: the trail gives each cell back only what came from it. */
function erase<T>(cell: Cell<T>): Cell<unknown> {
  const erased: unknown = cell;
  return isCell(erased) ? erased : { content: undefined, join: (a) => a };
}

function isCell(value: unknown): value is Cell<unknown> {
  return typeof value === "object" && value !== null && "content" in value;
}
