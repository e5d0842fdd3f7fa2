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
    return this.#calls === undefined || this.#calls() + count + LAST <= this.#most;
  }
}
