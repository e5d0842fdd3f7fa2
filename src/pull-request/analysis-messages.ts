/** What the two sides of an analysis thread say to each other. All of it survives a structured clone. */
import { PortcullisError } from "../core/errors.ts";
import type { History } from "../core/history.ts";
import type { FileContent, TreeEntry } from "../core/source-tree.ts";
import type { Answer, Question as PackageQuestion } from "../dependencies/index.ts";
import type { Analysis, AnalysisRequest } from "./analysis.ts";

export type Side = "base" | "head";

/** A request without its trees, advisories, history and hold, which stay where they are: the thread asks for what it wants of them. */
export type ThreadRequest = Omit<AnalysisRequest, Side | "advisories" | "history" | "hold"> & {
  readonly revisions: Readonly<Record<Side, string>>;
  /** The name of the source, where there is one. */
  readonly advisories: string | undefined;
  readonly hasHistory: boolean;
};

/** One question to a tree, to the source of advisories, or for the history. */
export type Question =
  | { readonly kind: "history" }
  | { readonly kind: "list"; readonly side: Side }
  | {
      readonly kind: "read" | "read-beside" | "read-last";
      readonly side: Side;
      readonly paths: readonly string[];
    }
  | { readonly kind: "free"; readonly side: Side; readonly paths: readonly string[] }
  | { readonly kind: "ask"; readonly packages: readonly PackageQuestion[] };

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type ToThread =
  | { readonly kind: "analyse"; readonly request: ThreadRequest }
  | { readonly kind: "history"; readonly id: number; readonly history: History }
  | { readonly kind: "entries"; readonly id: number; readonly entries: readonly TreeEntry[] }
  | { readonly kind: "paths"; readonly id: number; readonly paths: readonly string[] }
  | { readonly kind: "advisories"; readonly id: number; readonly answer: Answer }
  | {
      readonly kind: "contents";
      readonly id: number;
      readonly contents: ReadonlyMap<string, FileContent>;
    };

export type FromThread =
  /** After the request and after answers: what there is to ask then, and how many answers have come. Until the next it waits. */
  | { readonly kind: "questions"; readonly asked: readonly Asked[]; readonly answered: number }
  | { readonly kind: "done"; readonly analysis: Analysis }
  | { readonly kind: "failed"; readonly failure: Failure };

/** An error on its way between threads, which would lose its class. */
export interface Failure {
  /** True for what the person who runs Portcullis can mend. */
  readonly isOwn: boolean;
  readonly name: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly stack?: string | undefined;
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { isOwn: false, name: "Error", message: String(error) };
  const { name, message, stack } = error;
  const hint = error instanceof PortcullisError ? error.hint : undefined;
  return { isOwn: error instanceof PortcullisError, name, message, hint, stack };
}

export function toError({ isOwn, name, message, hint, stack }: Failure): Error {
  if (isOwn) return new PortcullisError(message, hint === undefined ? {} : { hint });
  return Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) });
}
