import type { MessagePort } from "node:worker_threads";
import type { FileContent, SourceTree, TreeEntry } from "../core/source-tree.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import { analyseHere } from "./analysis.ts";
import {
  type Asked,
  type FromThread,
  type Question,
  type Side,
  type ThreadRequest,
  type ToThread,
  toFailure,
} from "./analysis-messages.ts";

type Answer = Exclude<ToThread, { kind: "analyse" }>;

/** What an analysis thread does: one request after the other, until somebody ends it. */
export function serveAnalyses(port: MessagePort): void {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const say = (message: FromThread) => port.postMessage(message);
  let unsaid: Asked[] = [];
  let answered = 0;
  let isToBeSaid = false;
  // Base and head mostly want to know the same things, some computing apart: asked together, they are one question to a server.
  const sayOnceIdle = () => {
    if (isToBeSaid) return;
    isToBeSaid = true;
    setImmediate(() => {
      isToBeSaid = false;
      say({ kind: "questions", asked: unsaid, answered });
      unsaid = [];
    });
  };
  const ask = (question: Question): Promise<Answer> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      unsaid.push({ id: last, question });
      sayOnceIdle();
    });

  const treeOf = (side: Side, revision: string): SourceTree => {
    let listing: Promise<readonly TreeEntry[]> | undefined;
    const list = async () => {
      const answer = await ask({ kind: "list", side });
      return answer.kind === "entries" ? answer.entries : [];
    };
    const read = async (kind: "read" | "read-beside" | "read-last", paths: readonly string[]) => {
      if (paths.length === 0) return new Map<string, FileContent>();
      const answer = await ask({ kind, side, paths });
      return answer.kind === "contents" ? answer.contents : new Map<string, FileContent>();
    };
    return {
      revision,
      list: () => {
        listing ??= list();
        return listing;
      },
      read: (paths) => read("read", paths),
      readBeside: (paths) => read("read-beside", paths),
      readLast: (paths) => read("read-last", paths),
      free: async (paths) => {
        const answer = await ask({ kind: "free", side, paths });
        return answer.kind === "paths" ? answer.paths : [];
      },
    };
  };

  const history = async () => {
    const answer = await ask({ kind: "history" });
    return answer.kind === "history" ? answer.history : { additions: [], isComplete: false };
  };

  const sourceOf = (name: string): AdvisorySource => ({
    name,
    ask: async (packages) => {
      const answer = await ask({ kind: "ask", packages });
      return answer.kind === "advisories" ? answer.answer : { advisories: [], unanswered: [] };
    },
  });

  const analyse = async ({
    revisions,
    advisories: name,
    hasHistory,
    ...rest
  }: ThreadRequest): Promise<void> => {
    const base = treeOf("base", revisions.base);
    const head = treeOf("head", revisions.head);
    const advisories = name === undefined ? undefined : sourceOf(name);
    const request = {
      ...rest,
      base,
      head,
      ...(advisories !== undefined && { advisories }),
      ...(hasHistory && { history }),
    };
    say({ kind: "done", analysis: await analyseHere(request) });
  };

  port.on("message", (message: ToThread) => {
    sayOnceIdle();
    if (message.kind === "analyse") {
      answered = 0;
      analyse(message.request).catch((error: unknown) =>
        say({ kind: "failed", failure: toFailure(error) }),
      );
      return;
    }
    answered += 1;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
}
