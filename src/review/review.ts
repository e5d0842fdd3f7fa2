import { isPython, type NamedPackage } from "../analyzers/index.ts";
import type { Change } from "../core/change.ts";
import { type Config, isTestPath } from "../core/config.ts";
import { compareFindings, compareText, type Finding } from "../core/finding.ts";
import type { History } from "../core/history.ts";
import { LINK_NOT_FOLLOWED, type SourceTree, type TreeEntry } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { applyAllow, type Silenced } from "./allow.ts";
import { anchorAbsence, type ChangeWithBase } from "./anchor.ts";
import { candidatesOf, isConcerned, isModule, touchesOf } from "./beside.ts";
import { shownInChange } from "./brought.ts";
import { compare, onAddedLine } from "./compare.ts";
import { numberCopies } from "./fingerprint.ts";
import { Trials, withFixes } from "./fixes.ts";
import { hideInAll } from "./hide.ts";
import { leakedOnTheWay } from "./history.ts";
import { type Hit, hideSecrets, isIncluded } from "./hit.ts";
import type { Observed } from "./observed.ts";
import { isContext, joinPackages, reversed, wasKnown, withOneProposal } from "./packages.ts";
import { forTrees } from "./prepared-rules.ts";
import type { Review, Suppressed } from "./result.ts";
import { type Opened, Scanner } from "./scanner.ts";
import { joinShared } from "./shared.ts";
import { lookAtTakers } from "./takers.ts";

interface Request {
  readonly rules: RuleSet;
  readonly config: Config;
  /** The day as `YYYY-MM-DD`: the engine has no clock, and exceptions may have expired. */
  readonly today: string;
  /** Who is asked about packages; without one nothing is said of them. */
  readonly advisories?: AdvisorySource;
}

export interface ReviewRequest extends Request {
  readonly base: SourceTree;
  readonly head: SourceTree;
  readonly changes: readonly Change[];
  /** What the commits between base and head added, for secrets that were taken out again. */
  readonly history?: () => Promise<History>;
}

export interface ScanRequest extends Request {
  readonly tree: SourceTree;
  /** Looks at the files of the tree in another way, on several threads for example; the result must be that of `Scanner`. */
  readonly inspect?: (paths: readonly string[], all: ReadonlySet<string>) => Promise<Observed>;
}

const CUT_HISTORY =
  "The change has more commits than were read: a secret that one of them added and another took out may be missing.";

/** Packages of which one question tells all. */
const MAX_EXCHANGED = 20;

const NOTHING: Observed = {
  hits: [],
  skipped: [],
  notes: [],
  binary: [],
  files: 0,
  surveys: new Set(),
};

/** Looks at a whole tree. All findings count as new. */
export async function scan(request: ScanRequest): Promise<Review> {
  return hideInAll(await scanTree(request), request.rules);
}

async function scanTree(request: ScanRequest): Promise<Review> {
  const { tree, config } = request;
  const rules = forTrees(request.rules);
  const scanner = new Scanner(rules, config, request.advisories);
  const entries = await tree.list();
  const all = filesOf(entries);
  const paths = [...all].filter((path) => isIncluded(path, config.paths)).sort(compareText);
  const place = { tree, scanner, paths: async () => all };
  const trials = new Trials(place);
  const survey = async () => {
    const surveyed = await scanner.survey(tree, all);
    const shown = surveyed.hits.filter(
      (hit) => hit.suppression === undefined && isIncluded(hit.finding.path, config.paths),
    );
    await trials.tryAhead(withOneProposal(shown), surveyed.asked);
    return surveyed;
  };
  // Where other threads inspect, this one surveys meanwhile.
  const [inspected, surveyed] = await Promise.all([
    request.inspect?.(paths, all) ?? scanner.inspect(tree, paths, place.paths),
    survey(),
  ]);
  const hits = hideSecrets([
    ...inspected.hits,
    ...surveyed.hits.filter((hit) => isIncluded(hit.finding.path, config.paths)),
  ]);
  const first = applyAllow(
    hits.filter(({ protection }) => protection !== "kept"),
    request,
  );
  const side = { ...place, inspected, surveyed, trials };
  const fixed = await withFixes(withOneProposal(first.active), side);
  // The names of what was joined are known only now.
  const joined = applyAllow(joinShared(joinPackages(fixed, rules)), request);
  const suppressed = [...first.suppressed, ...joined.suppressed];
  const notes = [...first.notes, ...joined.notes];
  const links = entries.filter(
    (entry) => entry.kind !== "file" && isIncluded(entry.path, config.paths),
  );
  return {
    head: tree.revision,
    new: sorted(numberCopies(joined.active)),
    fixed: [],
    unchanged: [],
    suppressed: suppressed.map((one) => ({ finding: one.hit.finding, by: one.by })),
    skipped: [...inspected.skipped, ...surveyed.skipped, ...links.map(notFollowed)],
    notes: [...new Set([...notes, ...inspected.notes, ...surveyed.notes])],
    binary: inspected.binary,
    files: inspected.files,
  };
}

/**
 * Compares what the rules say of base and of head in the files that differ, and in what these files reach. The hunks of
 * `changes` are used to tell old copies from new ones and to place findings, never to decide whether something was looked at.
 */
export async function review(request: ReviewRequest): Promise<Review> {
  return hideInAll(await reviewChanges(request), request.rules);
}

async function reviewChanges(request: ReviewRequest): Promise<Review> {
  const { base, head, rules, config } = request;
  const changes = request.changes.filter((change) => isIncluded(change.path, config.paths));
  let history = changes.length === 0 ? await request.history?.() : undefined;
  if (changes.length === 0 && (history?.additions ?? []).length === 0)
    return emptyReview(base, head);
  const scanner = new Scanner(rules, config, request.advisories);
  const baseFiles = once(async () => filesOf(await base.list()));
  const headFiles = once(async () => filesOf(await head.list()));
  // A pure rename or a change of mode leaves the content, and so the findings, as they were.
  const edited = changes.filter(
    (change) =>
      change.hunks === undefined ||
      change.hunks.length > 0 ||
      change.status === "added" ||
      isJudgedAnew(change),
  );
  const headPaths = edited
    .filter((change) => change.status !== "removed")
    .map((change) => change.path);
  const basePaths = edited
    .filter((change) => change.status !== "added")
    .map((change) => change.previousPath ?? change.path);
  const touched = new Set(
    changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]),
  );
  const [baseOpened, headOpened] = await Promise.all([
    scanner.open(base, basePaths, undefined, isModule),
    scanner.open(head, headPaths, undefined, isModule),
  ]);
  const sides = {
    base: { tree: base, all: baseFiles },
    head: { tree: head, all: headFiles },
  };
  const shown = new Set([...baseOpened.seen.surveys, ...headOpened.seen.surveys]);
  // Beside each other: what both of them have yet to read is then asked for at once, which may be one call to a server.
  const [seen, early, beside, taken] = await Promise.all([
    Promise.all([
      scanner.inspectOpened(baseOpened, baseFiles),
      scanner.inspectOpened(headOpened, headFiles),
    ]),
    surveySides(scanner, sides, { changes, touched, shown }),
    lookBeside(
      scanner,
      edited,
      { ...sides.base, opened: baseOpened },
      { ...sides.head, opened: headOpened },
    ),
    lookAtTakers(scanner, {
      base: { tree: base, texts: baseOpened.texts },
      head: { tree: head, texts: headOpened.texts },
      all: headFiles,
      changes: edited,
      isIncluded: (path) => isIncluded(path, config.paths),
    }),
  ]);
  const [before, after] = await withPutOff(scanner, sides, seen);
  const isMoreRead = before.files > seen[0].files || after.files > seen[1].files;
  const all = new Set([...before.surveys, ...after.surveys]);
  const surveyed = isMoreRead
    ? await surveySides(scanner, sides, { changes, touched, shown: all })
    : early;
  const { surveys, baseNamed, headNamed, baseSurvey, headSurvey } = surveyed;

  const isOwn = (hit: Hit) => !isContext(hit);
  const isSeen = ({ finding: { path, fingerprint } }: Hit) =>
    after.hits.some(({ finding }) => finding.path === path && finding.fingerprint === fingerprint);
  const besides = [...beside.hits.filter((hit) => !isSeen(hit)), ...taken.head];
  const headHits = hideSecrets([...after.hits, ...headSurvey.hits, ...besides]).filter(isOwn);
  const isKept = ({ protection }: Hit) => protection === "kept";
  const allow = applyAllow(
    headHits.filter((hit) => !isKept(hit)),
    request,
  );
  const known = wasKnown(baseSurvey.hits, changes, baseNamed);
  const baseHits = hideSecrets([...before.hits, ...baseSurvey.hits, ...taken.base]).filter(isOwn);
  const compared = compare(
    baseHits.filter((hit) => hit.suppression === undefined),
    [...allow.active, ...headHits.filter(isKept)],
    changes,
  );
  const unreadAtBase = new Set(before.skipped.map((part) => part.path));
  const byPath = new Map(changes.map((change) => [change.path, change]));
  // Where base could not be read, only what stands on an added line is surely new.
  const isSurelyNew = ({ finding }: Hit) => {
    const change = byPath.get(finding.path);
    const path = change?.previousPath ?? finding.path;
    // What is told of both sides' packages is told apart; what is told of base's alone is not all of them.
    const isTold = finding.package !== undefined && headSurvey.told?.includes(finding.path);
    if (isTold === true && baseSurvey.told?.includes(path) === true) return true;
    return !unreadAtBase.has(path) || onAddedLine(finding, change);
  };
  const allowedBefore = applyAllow(baseHits, request).suppressed.map((one) => one.hit);
  const suppressed = newlySuppressed(allowedBefore, allow.suppressed, changes).filter(
    ({ finding }) => !known({ finding }),
  );
  const silenced = new Set(allow.suppressed.map((one) => one.hit.finding.fingerprint));
  const isNew = (hit: Hit) => isSurelyNew(hit) && !known(hit);
  const mended = await withFixes(withOneProposal(compared.new.filter(isNew)), {
    tree: head,
    scanner: {
      inspect: (...asked) => scanner.inspect(...asked),
      survey: (tree, all, options) =>
        scanner.survey(tree, all, { ...options, change: { touched, surveys } }),
    },
    paths: headFiles,
    inspected: after,
    surveyed: headSurvey,
  });
  const standing = new Set([...before.hits, ...after.hits].map((hit) => hit.finding.fingerprint));
  // Asked last: who has to fetch it knows by now what the rest has cost.
  history ??= await request.history?.();
  const leaked =
    history === undefined
      ? { active: [], notes: [] }
      : applyAllow(await leakedOnTheWay(history, standing, scanner, config), request);
  const isSurveyed = new Set(headSurvey.hits.map(placeOf));
  const placedAll = await brought(
    await placed(mended, base, head, changes),
    (hit) => isSurveyed.has(placeOf(hit)),
    { head, texts: headOpened.texts, changes },
  );
  const found = joinShared(joinPackages(placedAll, rules, changes));
  // The names of what was joined are known only now.
  const fresh = applyAllow(found, request);
  const isStillThere = wasKnown(headSurvey.hits, changes.map(reversed), headNamed);
  // A link has no content of its own any more.
  const unread = after.skipped.filter(({ reason }) => reason !== LINK_NOT_FOLLOWED);
  const skippedInHead = new Set(unread.map((part) => part.path));
  const unreadInHead = new Set(
    changes.flatMap(({ path, previousPath = path }) =>
      skippedInHead.has(path) ? [previousPath] : [],
    ),
  );
  // What a comment hides now is not mended, nor is a package of which one entry less has the flaw, nor what nobody looked for.
  const gone = compared.fixed.filter(
    (hit) =>
      !silenced.has(hit.finding.fingerprint) &&
      !isStillThere(hit) &&
      !unreadInHead.has(hit.finding.path),
  );
  const same = [...compared.unchanged, ...compared.new.filter((hit) => !isNew(hit))];
  return {
    base: base.revision,
    head: head.revision,
    new: sorted(numberCopies([...fresh.active, ...leaked.active])),
    fixed: sorted(numberCopies(joinShared(joinPackages(gone, rules)))),
    unchanged: sorted(numberCopies(joinShared(joinPackages(same, rules)))),
    suppressed: [
      ...suppressed,
      ...fresh.suppressed.map(({ hit, by }) => ({ finding: hit.finding, by })),
    ],
    skipped: [...after.skipped, ...headSurvey.skipped],
    notes: [
      ...new Set([
        ...allow.notes,
        ...fresh.notes,
        ...doubts(fresh.active),
        ...after.notes,
        ...headSurvey.notes,
        ...leaked.notes,
        ...(history?.isComplete === false ? [CUT_HISTORY] : []),
        ...sparedNotes([before, after, baseSurvey, headSurvey, beside, taken]),
      ]),
    ],
    binary: after.binary,
    files: after.files,
  };
}

/** Why nobody is bothered with some findings. */
function doubts(hits: readonly Hit[]): string[] {
  const paths = hits.filter((hit) => hit.isDoubtful === true).map(({ finding }) => finding.path);
  return [...new Set(paths)].map(
    (path) => `${path}: a module that may make its data harmless was not read.`,
  );
}

/** How many files beside the change were not read to save calls, where some were not. */
function sparedNotes(observed: readonly Pick<Observed, "spared">[]): string[] {
  const { size } = new Set(observed.flatMap(({ spared = [] }) => spared));
  if (size === 0) return [];
  const files =
    size === 1 ? "One file beside the change was" : `${size} files beside the change were`;
  return [`${files} not read: the review would have cost more calls to the server than it may.`];
}

interface Place {
  readonly tree: SourceTree;
  readonly all: () => Promise<ReadonlySet<string>>;
}

/** Surveys both sides of a change, as far as their surveys may differ. */
async function surveySides(
  scanner: Scanner,
  { base, head }: { readonly base: Place; readonly head: Place },
  {
    changes,
    touched,
    shown,
  }: {
    readonly changes: readonly Change[];
    readonly touched: ReadonlySet<string>;
    /** The analyzers whose survey some changed file's content concerns. */
    readonly shown: ReadonlySet<number>;
  },
) {
  const surveys = await scanner.surveysAfter([base, head], touched, shown);
  if (surveys.size === 0)
    return { surveys, baseNamed: [], headNamed: [], baseSurvey: NOTHING, headSurvey: NOTHING };
  const survey = (indices: readonly number[]) => {
    if (indices.length === 0) return [NOTHING, NOTHING] as const;
    const options = { change: { touched, surveys: new Set(indices) } };
    return Promise.all([
      base.all().then((all) => scanner.survey(base.tree, all, options)),
      head.all().then((all) => scanner.survey(head.tree, all, options)),
    ]);
  };
  const asking = [...surveys].filter((index) => scanner.asks(index));
  const surveyPackages = async () => {
    if (asking.length === 0) return { named: [[], []] as const, observed: await survey([]) };
    const named = await Promise.all([
      scanner.packages(base.tree, await base.all(), touched),
      scanner.packages(head.tree, await head.all(), touched),
    ]);
    const both = named.flat();
    if (both.length > 0) scanner.askOnlyAbout(exchangedPackages(...named, changes), both);
    return { named, observed: await survey(asking) };
  };
  const [packages, others] = await Promise.all([
    surveyPackages(),
    survey([...surveys].filter((index) => !asking.includes(index))),
  ]);
  const [baseNamed, headNamed] = packages.named;
  return {
    surveys,
    baseNamed,
    headNamed,
    baseSurvey: joined(others[0], packages.observed[0]),
    headSurvey: joined(others[1], packages.observed[1]),
  };
}

/** What both sides showed, each with what it had put off until all files of the change and beside it were read. */
async function withPutOff(
  scanner: Scanner,
  { base, head }: { readonly base: Place; readonly head: Place },
  [before, after]: readonly [Observed, Observed],
): Promise<readonly [Observed, Observed]> {
  const look = async ({ tree, all }: Place, seen: Observed) => {
    const { putOff: paths = [] } = seen;
    if (paths.length === 0) return seen;
    const last = { ...tree, read: tree.readLast?.bind(tree) ?? tree.read.bind(tree) };
    const opened = await scanner.open(last, paths);
    const now = await scanner.inspectOpened({ ...opened, tree }, all);
    const skipped = seen.skipped.filter(({ path }) => !paths.includes(path));
    return joined({ ...seen, skipped }, now);
  };
  return Promise.all([look(base, before), look(head, after)]);
}

/** What was seen of one tree in two ways. */
function joined(a: Observed, b: Observed): Observed {
  return {
    hits: [...a.hits, ...b.hits],
    skipped: [...a.skipped, ...b.skipped],
    notes: [...a.notes, ...b.notes],
    binary: [...a.binary, ...b.binary],
    files: a.files + b.files,
    surveys: new Set([...a.surveys, ...b.surveys]),
    asked: [...new Set([...(a.asked ?? []), ...(b.asked ?? [])])],
    spared: [...(a.spared ?? []), ...(b.spared ?? [])],
    told: [...(a.told ?? []), ...(b.told ?? [])],
  };
}

/**
 * Packages that a file of one side names and its counterpart does not, or not in the same version. Of all others there is nothing new
 * to say, and a lock file names a thousand of them. Those that head names nowhere are left out where there are many: all that could be
 * said of them is that they are gone.
 */
function exchangedPackages(
  base: readonly NamedPackage[],
  head: readonly NamedPackage[],
  changes: readonly Change[],
): NamedPackage[] {
  const moved = new Map(changes.map(({ path, previousPath }) => [previousPath ?? path, path]));
  const keyed = (packages: readonly NamedPackage[], isBase: boolean) =>
    new Map(
      packages.map((one) => {
        const { path, ecosystem, name, version, range } = one;
        const at = isBase ? (moved.get(path) ?? path) : path;
        return [JSON.stringify([at, ecosystem, name, version, range]), one] as const;
      }),
    );
  const [before, after] = [keyed(base, true), keyed(head, false)];
  const removed = [...before].flatMap(([key, one]) => (after.has(key) ? [] : [one]));
  const added = [...after].flatMap(([key, one]) => (before.has(key) ? [] : [one]));
  const nameOf = ({ ecosystem, name }: NamedPackage) => `${ecosystem}\0${name}`;
  const all = [...removed, ...added];
  if (new Set(all.map(nameOf)).size <= MAX_EXCHANGED) return all;
  const named = new Set(head.map(nameOf));
  return [...removed.filter((one) => named.has(nameOf(one))), ...added];
}

/** True for renames after which the same content may count for more, or less: out of the tests, or to another kind of file. */
function isJudgedAnew({ path, previousPath }: Change): boolean {
  if (previousPath === undefined) return false;
  const kindOf = (one: string) => /\.[^./]*$/.exec(one)?.[0];
  return isTestPath(path) !== isTestPath(previousPath) || kindOf(path) !== kindOf(previousPath);
}

function emptyReview(base: SourceTree, head: SourceTree): Review {
  const { hits: _, surveys: __, ...rest } = NOTHING;
  return {
    base: base.revision,
    head: head.revision,
    new: [],
    fixed: [],
    unchanged: [],
    suppressed: [],
    ...rest,
  };
}

/** Asks once, whoever asks. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

function filesOf(entries: readonly TreeEntry[]): Set<string> {
  return new Set(entries.filter((entry) => entry.kind === "file").map((entry) => entry.path));
}

function notFollowed(entry: TreeEntry) {
  return {
    path: entry.path,
    reason: entry.kind === "symlink" ? LINK_NOT_FOLLOWED : "a submodule",
  };
}

function sorted(hits: readonly Hit[]): Finding[] {
  return hits.map((hit) => hit.finding).sort(compareFindings);
}

/**
 * Flows that arrive in a file which the change does not touch, because of what it does elsewhere: in head and not in base. Only what
 * is surely one: nobody who reads the change sees the place.
 */
async function lookBeside(
  scanner: Scanner,
  changes: readonly Change[],
  base: Place & { readonly opened: Opened },
  head: Place & { readonly opened: Opened },
): Promise<Pick<Observed, "hits" | "spared">> {
  const hostileIn = (text: string) => scanner.hostileIn(text);
  const makes = (text: string) => scanner.makes(text);
  const touches = touchesOf(changes, base.opened.texts, head.opened.texts, hostileIn, makes);
  const nothing = { hits: [] };
  if (touches.length === 0) return nothing;
  const all = await head.all();
  const nearby = candidatesOf(touches, all, changes);
  // What was read anyway, on a server: few changes have anything to say here, and each would pay for a request.
  const candidates = head.tree.free === undefined ? nearby : await head.tree.free(nearby);
  if (candidates.length === 0) return nothing;
  const opened = await scanner.open(head.tree, candidates, "taint", isModule);
  const lines = (side: "added" | "removed") =>
    new Map(
      changes.map(({ path, previousPath, hunks = [] }) => [
        side === "added" ? path : (previousPath ?? path),
        hunks.flatMap((hunk) => hunk[side]),
      ]),
    );
  const added = lines("added");
  const files = opened.files
    .filter(({ path, text }) => isConcerned(path, text, touches, all, hostileIn))
    .map((file) => ({ ...file, touched: added }));
  const around = (side: Opened, own: Opened) => new Map([...own.texts, ...side.texts]);
  const after = await scanner.inspectOpened(
    { ...opened, files },
    head.all,
    around(head.opened, opened),
  );
  const isSure = ({ finding }: Hit) => finding.confidence === "high";
  const sure = after.hits.filter(isSure);
  const { spared = [] } = after;
  // Nothing is sure where a part of the way is not known.
  if (sure.length === 0 || spared.length > 0) return { ...nothing, spared };
  const previous = new Map(changes.map(({ path, previousPath = path }) => [path, previousPath]));
  const atBase = (path: string) => previous.get(path) ?? path;
  const old = await scanner.open(base.tree, candidates.map(atBase), "taint", isModule);
  const looked = new Set(files.map(({ path }) => atBase(path)));
  const removed = lines("removed");
  const oldFiles = old.files
    .filter(({ path }) => looked.has(path))
    .map((file) => ({ ...file, touched: removed }));
  const known = await scanner.inspectOpened(
    { ...old, files: oldFiles },
    base.all,
    around(base.opened, old),
  );
  // What base leaves to the callers of a function is another thing than a caller that hands over data.
  const fresh = compare(known.hits.filter(isSure), sure, changes).new;
  // Beside the flaws of the files that change, they are known by nothing but their place and their text.
  return { hits: fresh.map(({ within: _, origin: __, ...hit }) => hit) };
}

/** The suppressions that a reviewer has to see: those whose comment, or whose finding, the change brings. */
function newlySuppressed(
  base: readonly Hit[],
  head: readonly Silenced[],
  changes: readonly Change[],
): Suppressed[] {
  const known = compare(
    base,
    head.map((one) => one.hit),
    changes,
  );
  const fresh = new Set(known.new);
  const byPath = new Map(changes.map((change) => [change.path, change]));
  return head
    .filter((one) => fresh.has(one.hit))
    .map(({ hit, by }): Suppressed => {
      if (by.kind !== "comment") return { finding: hit.finding, by };
      const at = { ...hit.finding, ...by.at };
      return {
        finding: hit.finding,
        by: { ...by, added: onAddedLine(at, byPath.get(by.at.path)) },
      };
    });
}

/** Puts findings of lines that the change does not touch where it brings them, as far as they are such. */
async function brought(
  hits: readonly Hit[],
  isSuch: (hit: Hit) => boolean,
  {
    head,
    texts,
    changes,
  }: {
    readonly head: SourceTree;
    readonly texts: ReadonlyMap<string, string>;
    readonly changes: readonly Change[];
  },
): Promise<Hit[]> {
  const paths = new Set(hits.filter(isSuch).map(({ finding }) => finding.path));
  const unread = [...paths].filter((path) => isModule(path) && !texts.has(path));
  const own = unread.length === 0 ? new Map() : await head.read(unread);
  const textOf = (path: string) => texts.get(path) ?? textIn(own, path);
  return hits.map((hit) => (isSuch(hit) ? shownInChange(hit, changes, textOf) : hit));
}

function placeOf({ finding: { ruleId, path, region } }: Hit): string {
  return `${ruleId} ${path}:${region.startLine}:${region.startColumn}`;
}

function textIn(
  contents: Awaited<ReturnType<SourceTree["read"]>>,
  path: string,
): string | undefined {
  const content = contents.get(path);
  const decoded = content?.kind === "bytes" ? decodeText(content.bytes) : undefined;
  return decoded !== undefined && "text" in decoded ? decoded.text : undefined;
}

/** Puts findings of an absence where the change took something away. */
async function placed(
  hits: readonly Hit[],
  base: SourceTree,
  head: SourceTree,
  changes: readonly Change[],
): Promise<Hit[]> {
  const missed = hits.filter((hit) => hit.absent !== undefined);
  if (missed.length === 0) return [...hits];
  const own = new Set(missed.map(({ finding }) => finding.path));
  const candidates = changes.filter(
    ({ path, hunks }) =>
      hunks?.some((hunk) => hunk.removed.length > 0) && (own.has(path) || isPython(path)),
  );
  const [baseTexts, headTexts] = await Promise.all([
    base.read(candidates.map((change) => change.previousPath ?? change.path)),
    head.read(candidates.map((change) => change.path)),
  ]);
  const linesOf = (texts: typeof baseTexts, path: string) =>
    textIn(texts, path)?.split(/\r\n|\r|\n/) ?? [];
  const withBase: ChangeWithBase[] = candidates.map((change) => ({
    change,
    baseLines: linesOf(baseTexts, change.previousPath ?? change.path),
    headLines: linesOf(headTexts, change.path),
  }));
  return hits.map((hit) => ({ ...hit, finding: anchorAbsence(hit, withBase) }));
}
