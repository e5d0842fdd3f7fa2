/** Of a review of up to a hundred files with nothing to say, and one more for each further hundred. */
const USUAL_CALLS = 6;
const PER_CALL = 100;
/** The one that concludes the check. */
const LAST = 1;

/** How often a review of so many programs asks for what they import, after it has them. */
export function roundsOf(programs: number): number {
  return programs === 0 ? 0 : 1 + Math.ceil(programs / PER_CALL);
}

/** What a review may cost. What is only nice to have is asked where that leaves enough for what has to follow. */
export class Budget {
  readonly #calls: (() => number) | undefined;
  #most = USUAL_CALLS;
  #claimed = 0;

  /** `calls` tells how many there were; there is always room where it is left out. */
  constructor(calls: (() => number) | undefined, changedFiles: number) {
    this.#calls = calls;
    this.allowFor(changedFiles);
  }

  /** Once it is known how many files are changed: on the head of a merge queue GitHub does not tell. */
  allowFor(changedFiles: number): void {
    this.#most = USUAL_CALLS + Math.floor(Math.max(0, changedFiles - 1) / PER_CALL);
  }

  /** True where so many further calls leave enough. */
  hasRoom(count = 1): boolean {
    if (this.#calls === undefined) return true;
    return this.#calls() + this.#claimed + count + LAST <= this.#most;
  }

  /** The same, and takes them: they count until they are given back, which is when they have been made. */
  claim(count: number): boolean {
    if (!this.hasRoom(count)) return false;
    this.#claimed += count;
    return true;
  }

  giveBack(count: number): void {
    this.#claimed -= count;
  }
}
