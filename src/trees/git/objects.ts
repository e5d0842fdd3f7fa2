import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { MAX_FILE_BYTES } from "../paths.ts";
import { notStarted, startGit } from "./process.ts";

/** What git has under a name. `bytes` share memory with other objects. */
export type GitObject =
  | { readonly kind: "object"; readonly id: string; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: "missing" }
  | { readonly kind: "large" }
  /** Git ended over it: damaged, or a clone without blobs whose old git insists on fetching. */
  | { readonly kind: "failed" };

interface Request {
  readonly name: string;
  readonly done: (object: GitObject) => void;
  readonly fail: (error: Error) => void;
}

interface Body {
  readonly id: string;
  readonly type: string;
  /** Undefined where the bytes are to be passed over. */
  readonly bytes: Buffer | undefined;
  readonly size: number;
  filled: number;
}

/** Blobs beyond this are not passed over but cut off: a new process is up sooner than these bytes have come through. */
const CUT_OFF_BYTES = 20_000_000;
/** Git lists a folder of a million files in less. */
const MAX_OTHER_BYTES = 100_000_000;
/** So often in a row a process may end without an answer before the rest is given up. */
const MAX_BARREN_LIVES = 100;

const HEADER = /^([0-9a-f]{40,64}) (\w+) (\d+)$/;

/**
 * Objects of one repository by name, through one `git cat-file --batch` process: requests are sent ahead, answers come in
 * their order. The process starts with the first request; when it dies it is replaced, and only the request it died over
 * fails. Blobs over `MAX_FILE_BYTES` are never held in memory.
 */
export class ObjectReader {
  readonly #folder: string;
  #child: ChildProcessWithoutNullStreams | undefined;
  #requests: Request[] = [];
  /** Index of the request whose answer comes next. */
  #next = 0;
  #unsent = "";
  #header = "";
  #body: Body | undefined;
  #barrenLives = 0;
  #isClosed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts the process ahead of the first request, to save the wait. */
  start(): void {
    this.#child ??= this.#start();
  }

  /** One object, by any name git knows, such as an id or `main^{commit}`. The name must not hold a line break. */
  read(name: string): Promise<GitObject> {
    if (this.#isClosed) return Promise.reject(new Error("the repository is closed"));
    return new Promise((done, fail) => {
      this.#requests.push({ name, done, fail });
      this.#send(`${name}\n`);
    });
  }

  /** The bytes of a blob of any size, in order, from a process of its own; ends early where git cannot read it. */
  async *parts(id: string): AsyncGenerator<Uint8Array> {
    const child = startGit(this.#folder, ["cat-file", "blob", id]);
    child.on("error", () => child.stdout.destroy());
    child.stderr.resume();
    try {
      yield* child.stdout;
    } finally {
      child.kill();
    }
  }

  /** Ends the process. What was asked and not answered fails. */
  close(): void {
    this.#isClosed = true;
    this.#child?.kill();
    this.#child = undefined;
    this.#abandon((request) => request.fail(new Error("the repository was closed")));
  }

  /** Joins what is asked in one turn: a write per request costs more than its answer. */
  #send(text: string): void {
    if (this.#unsent === "") {
      queueMicrotask(() => {
        const unsent = this.#unsent;
        this.#unsent = "";
        if (this.#isClosed || unsent === "") return;
        this.#child ??= this.#start();
        this.#child.stdin.write(unsent);
      });
    }
    this.#unsent += text;
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = startGit(this.#folder, ["cat-file", "--batch"]);
    const isCurrent = () => this.#child === child;
    child.stdout.on("data", (chunk: Buffer) => {
      if (isCurrent()) this.#take(chunk);
    });
    child.stderr.resume();
    child.stdin.on("error", () => undefined);
    child.on("error", (cause) => {
      if (!isCurrent()) return;
      this.#child = undefined;
      this.#abandon((request) => request.fail(notStarted(cause)));
    });
    child.on("close", () => {
      if (isCurrent()) this.#replace({ kind: "failed" });
    });
    return child;
  }

  /** Gives the current request its answer, and the others a new process. */
  #replace(answer: GitObject): void {
    this.#child?.kill();
    this.#child = undefined;
    this.#header = "";
    this.#body = undefined;
    this.#unsent = "";
    this.#barrenLives++;
    this.#answer(answer);
    if (this.#barrenLives > MAX_BARREN_LIVES)
      this.#abandon((request) => request.done({ kind: "failed" }));
    const rest = this.#requests.slice(this.#next);
    if (rest.length > 0) this.#send(rest.map((request) => `${request.name}\n`).join(""));
  }

  #abandon(end: (request: Request) => void): void {
    const rest = this.#requests.slice(this.#next);
    this.#requests = [];
    this.#next = 0;
    rest.forEach(end);
  }

  #answer(object: GitObject): void {
    this.#requests[this.#next++]?.done(object);
    if (this.#next < this.#requests.length) return;
    this.#requests = [];
    this.#next = 0;
  }

  #take(chunk: Buffer): void {
    const child = this.#child;
    let at = 0;
    while (at < chunk.length && this.#child === child) {
      if (this.#body === undefined) {
        const end = chunk.indexOf(10, at);
        this.#header += chunk.toString("latin1", at, end < 0 ? chunk.length : end);
        if (end < 0) return;
        at = end + 1;
        const header = this.#header;
        this.#header = "";
        at += this.#begin(header, chunk.subarray(at));
      } else {
        at += this.#fill(this.#body, chunk.subarray(at));
      }
    }
  }

  /** Reads an answer's first line, and its body where all of it is at hand. Returns how many bytes of the rest it took. */
  #begin(header: string, rest: Buffer): number {
    const [, id, type, digits] = HEADER.exec(header) ?? [];
    if (id === undefined || type === undefined) {
      this.#barrenLives = 0;
      this.#answer({ kind: "missing" });
      return 0;
    }
    const size = Number(digits);
    const isLarge = size > (type === "blob" ? MAX_FILE_BYTES : MAX_OTHER_BYTES);
    if (isLarge && size > CUT_OFF_BYTES) {
      this.#barrenLives = 0;
      this.#replace({ kind: "large" });
      return rest.length;
    }
    if (!isLarge && rest.length > size) {
      this.#barrenLives = 0;
      this.#answer({ kind: "object", id, type, bytes: rest.subarray(0, size) });
      return size + 1;
    }
    this.#body = {
      id,
      type,
      size,
      filled: 0,
      bytes: isLarge ? undefined : Buffer.allocUnsafeSlow(size),
    };
    return 0;
  }

  /** A body ends with one line break that does not belong to it. */
  #fill(body: Body, rest: Buffer): number {
    const count = Math.min(rest.length, body.size + 1 - body.filled);
    body.bytes?.set(rest.subarray(0, Math.min(count, body.size - body.filled)), body.filled);
    body.filled += count;
    if (body.filled > body.size) {
      this.#body = undefined;
      this.#barrenLives = 0;
      this.#answer(
        body.bytes === undefined
          ? { kind: "large" }
          : { kind: "object", id: body.id, type: body.type, bytes: body.bytes },
      );
    }
    return count;
  }
}
