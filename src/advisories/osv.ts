/**
 * OSV.dev (https://google.github.io/osv.dev/api/). It is asked for many packages at once and answers with the ids of records; each
 * record is fetched once, as long as it does not change.
 */
import * as z from "zod";
import type { Advisory, AdvisorySource, Answer, Question } from "../dependencies/index.ts";
import { type HttpOptions, NoAnswer, requestJson } from "./http.ts";
import { readRecord } from "./osv-record.ts";

export interface OsvOptions extends HttpOptions {
  /** Without a slash at the end. */
  readonly baseUrl?: string;
}

const BASE_URL = "https://api.osv.dev";
/** The service takes no more in one request. */
const BATCH = 1_000;
/** Pages of answers to one batch. */
const MAX_PAGES = 20;
/** Records that are fetched at the same time. */
const LANES = 10;
const MAX_CACHED = 20_000;

const BatchAnswer = z.looseObject({
  results: z.array(
    z
      .looseObject({
        vulns: z
          .array(z.looseObject({ id: z.string(), modified: z.string().optional() }))
          .nullish(),
        next_page_token: z.string().nullish(),
      })
      .nullable(),
  ),
});

interface Listing {
  /** Ids by question, with the time of their last change. */
  readonly listed: Map<Question, Map<string, string>>;
  readonly failed: Map<Question, string>;
}

/** Keeps the records that it has fetched: one source may serve many reviews. */
export function osvAdvisories(options: OsvOptions = {}): AdvisorySource {
  const cache = new Map<string, Advisory>();
  return { name: "OSV.dev", ask: (questions) => answer(questions, options, cache) };
}

async function answer(
  questions: readonly Question[],
  options: OsvOptions,
  cache: Map<string, Advisory>,
): Promise<Answer> {
  const { listed, failed } = await list(questions, options);
  const wanted = new Map<string, string>();
  for (const ids of listed.values()) for (const [id, modified] of ids) wanted.set(id, modified);
  const records = new Map<string, Advisory>();
  const missing = new Map<string, string>();
  const queue = [...wanted];
  const lane = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [id, modified] = next;
      try {
        records.set(id, await fetchRecord(id, modified, options, cache));
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        missing.set(id, error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, queue.length) }, lane));
  for (const [question, ids] of listed) {
    const lost = [...ids.keys()].find((id) => missing.has(id));
    if (lost !== undefined) failed.set(question, missing.get(lost) ?? "");
  }
  return { advisories: [...records.values()], unanswered: byReason(failed) };
}

/** Questions without an answer, one group for each reason. */
export function byReason(failed: ReadonlyMap<Question, string>): Answer["unanswered"] {
  const groups = new Map<string, Question[]>();
  for (const [question, reason] of failed)
    groups.set(reason, [...(groups.get(reason) ?? []), question]);
  return [...groups].map(([reason, questions]) => ({ reason, questions }));
}

async function list(questions: readonly Question[], options: OsvOptions): Promise<Listing> {
  const listing: Listing = { listed: new Map(), failed: new Map() };
  for (let start = 0; start < questions.length; start += BATCH)
    await listBatch(questions.slice(start, start + BATCH), options, listing);
  return listing;
}

async function listBatch(
  questions: readonly Question[],
  options: OsvOptions,
  listing: Listing,
): Promise<void> {
  let open = questions.map((question) => ({ question, token: "" }));
  for (let page = 0; open.length > 0; page++) {
    try {
      if (page >= MAX_PAGES) throw new NoAnswer("its answer has too many pages");
      open = await listPage(open, options, listing);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // One question that the service does not understand must not cost the others their answer.
      if (error.isRefusal && page === 0 && open.length > 1) {
        const middle = open.length >> 1;
        await listBatch(questions.slice(0, middle), options, listing);
        await listBatch(questions.slice(middle), options, listing);
      } else for (const { question } of open) listing.failed.set(question, error.message);
      return;
    }
  }
}

interface Open {
  readonly question: Question;
  readonly token: string;
}

/** Gives the questions that have further pages. */
async function listPage(
  open: readonly Open[],
  options: OsvOptions,
  { listed }: Listing,
): Promise<Open[]> {
  const queries = open.map(({ question: { ecosystem, name, version }, token }) => ({
    package: { ecosystem, name },
    ...(version !== undefined && { version }),
    ...(token !== "" && { page_token: token }),
  }));
  const { data } = await requestJson(
    `${options.baseUrl ?? BASE_URL}/v1/querybatch`,
    {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ queries }),
    },
    options,
  );
  const parsed = BatchAnswer.safeParse(data);
  if (!parsed.success || parsed.data.results.length !== open.length)
    throw new NoAnswer("its answer cannot be understood");
  return open.flatMap(({ question }, index): Open[] => {
    const result = parsed.data.results[index];
    const ids = listed.get(question) ?? new Map<string, string>();
    for (const { id, modified } of result?.vulns ?? []) ids.set(id, modified ?? "");
    listed.set(question, ids);
    const token = result?.next_page_token;
    return token == null || token === "" ? [] : [{ question, token }];
  });
}

async function fetchRecord(
  id: string,
  modified: string,
  options: OsvOptions,
  cache: Map<string, Advisory>,
): Promise<Advisory> {
  const key = `${id} ${modified}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const url = `${options.baseUrl ?? BASE_URL}/v1/vulns/${encodeURIComponent(id)}`;
  const { data } = await requestJson(url, {}, options);
  const record = readRecord(data);
  if (record === undefined) throw new NoAnswer("one of its records cannot be understood");
  // The oldest goes first: a map keeps the order in which keys are added.
  const [oldest] = cache.keys();
  if (cache.size >= MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  cache.set(key, record.advisory);
  return record.advisory;
}
