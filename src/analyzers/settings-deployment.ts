/**
 * The environment variables that a project's own deployment sets: its image, the programs that it composes, the platform that it
 * is made for. A settings module is judged with them, for what only a missing variable would do does not happen there. A file
 * counts where it starts a server; what it leaves to others, or what two files set differently, is set, but not known.
 */
import type { Models } from "../core/models.ts";
import { plainToml } from "../core/toml.ts";
import { plainYaml } from "../core/yaml.ts";
import { variablesIn } from "../python/index.ts";
import type { Project, SurveyedProject } from "./analyzer.ts";
import { entryFiles, entryPoints, isStartedInTests, ModulePaths } from "./settings-entries.ts";
import { type Facts, knownMatcher, matchersOf } from "./settings-facts.ts";

type Deployment = NonNullable<Facts["deployment"]>;
export type Variables = ReadonlyMap<string, SetVariable>;

/** What a variable is set to, as far as it is known, and the file that sets it. */
interface SetVariable {
  readonly text?: string;
  readonly file: string;
}

/** What the files that start each settings module set for it, by the module's path. */
export function deploymentOf(project: Project, facts: Facts): ReadonlyMap<string, Variables> {
  return facts.deployment === undefined
    ? new Map()
    : project.once(`deployment of ${facts.framework}`, (watched) => findDeployment(watched, facts));
}

function findDeployment(project: Project, facts: Facts): Map<string, Variables> {
  const modulePaths = new ModulePaths(project);
  const entries = entryPoints(project, facts, facts.variable).filter((one) => one.use === "other");
  const served = entries
    .filter((entry) => entry.isServer)
    .map((entry) => ({ name: project.nameOf(entry.file), paths: modulePaths.of(entry) }));
  const all = new Map<string, Variables[]>();
  for (const file of entryFiles(project.paths, facts)) {
    const variables = setIn(project, file, facts);
    if (variables === undefined || variables.size === 0) continue;
    const text = project.read(file) ?? "";
    const named = entries
      .filter((entry) => entry.file === file)
      .flatMap((one) => modulePaths.of(one));
    const asked = served.filter(({ name }) => text.includes(name));
    const paths = (asked.length > 0 ? asked : served).flatMap((one) => one.paths);
    const [only, other] = new Set(paths);
    const started =
      named.length > 0 ? named : only !== undefined && other === undefined ? [only] : [];
    for (const path of new Set(started)) all.set(path, [...(all.get(path) ?? []), variables]);
  }
  return new Map([...all].map(([path, each]) => [path, together(each)]));
}

/** What a file that starts a server sets for it. */
export function setIn(project: Project, path: string, facts: Facts): Variables | undefined {
  const { deployment } = facts;
  if (deployment === undefined || path.endsWith(".py")) return undefined;
  const { namedIn, images, serves } = matchersOf(facts);
  if (!namedIn(path) || isStartedInTests(path, project.read(path) ?? "", facts)) return undefined;
  const file = { project, path, isImage: images(path), isServer: serves };
  return variablesStartedWith(file, deployment);
}

/** True for a path at which variables may stand that files which start servers name. */
export function mayListVariables(path: string, models: Models): boolean {
  return models.settings.some(
    (facts) =>
      knownMatcher(facts.deployment?.listed ?? [])(path) && !matchersOf(facts).notDeployed(path),
  );
}

/** What the files set for servers that name one of those, of the ones that a change touches. */
export function variablesListed(project: SurveyedProject): string {
  const { models, paths, touched } = project;
  const names = [...(touched ?? [])]
    .filter((path) => paths.has(path) && mayListVariables(path, models))
    .map((path) => path.slice(path.lastIndexOf("/") + 1));
  if (names.length === 0) return "[]";
  return JSON.stringify(
    models.settings.flatMap((facts) =>
      entryFiles(paths, facts).flatMap((file) => {
        const text = project.read(file) ?? "";
        return names.some((name) => text.includes(name))
          ? [...(setIn(project, file, facts) ?? [])]
          : [];
      }),
    ),
  );
}

/** What a deployment's file is asked. */
interface StartingFile {
  readonly project: Project;
  readonly path: string;
  /** True for a file that makes an image. */
  readonly isImage: boolean;
  /** True for a command, or a list of them, that starts a server. */
  isServer(command: string): boolean;
}

/** What a file that starts programs sets for those of them that are servers; undefined where none is. */
function variablesStartedWith(
  file: StartingFile,
  { programs, lines }: Deployment,
): Variables | undefined {
  const text = file.project.read(file.path) ?? "";
  if (file.isImage) return inImage(file, text);
  for (const form of programs)
    if (knownMatcher(form.in)(file.path))
      return form.deployed === undefined || knownMatcher(form.deployed)(file.path)
        ? inPrograms(file, form, text)
        : undefined;
  const form = lines.find((one) => knownMatcher(one.in)(file.path));
  if (form === undefined || !file.isServer(`${file.path} ${withoutComments(text)}`))
    return undefined;
  return inLines(file.path, text, form.begin);
}

/** Of what several files set, one map: what they set differently is not known. */
function together(all: readonly Variables[]): Variables {
  const found = new Map<string, SetVariable>();
  for (const [name, one] of all.flatMap((each) => [...each])) {
    const known = found.get(name);
    const isSame = known === undefined || known.text === one.text;
    found.set(name, isSame ? (known ?? one) : { file: known.file });
  }
  return found;
}

/** What an image is made with, stage by stage: the last of them is the one that runs. */
function inImage(file: StartingFile, text: string): Variables | undefined {
  const stages = new Map<string, Stage>();
  let stage: Stage = { variables: new Map(), arguments: new Map(), commands: new Map() };
  for (const line of text.replace(/\\\r?\n(?:[ \t]*#.*\n)*/g, " ").split(/\r?\n/)) {
    const [, word = "", rest = ""] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
    const instruction = word.toUpperCase();
    if (instruction === "FROM") {
      const [, from = "", name] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(rest) ?? [];
      const base = stages.get(from.toLowerCase());
      stage = {
        variables: new Map(base?.variables),
        arguments: new Map(),
        commands: new Map(base?.commands),
      };
      if (name !== undefined) stages.set(name.toLowerCase(), stage);
    } else if (instruction === "ARG") {
      for (const [name, value] of assignmentsIn(rest, file.path)) stage.arguments.set(name, value);
    } else if (instruction === "ENV") {
      const [, name, value = ""] = /^(\w+)\s+(.*)$/.exec(rest) ?? [];
      const set =
        name === undefined
          ? assignmentsIn(rest, file.path, stage.arguments)
          : [[name, writtenValue(value.trim(), file.path, stage.arguments)] as const];
      for (const [one, known] of set) stage.variables.set(one, known);
    } else if (instruction === "CMD" || instruction === "ENTRYPOINT")
      stage.commands.set(instruction, rest);
  }
  const started = serverIn(file, [...stage.commands.values()].join(" "));
  return started && new Map([...stage.variables, ...started]);
}

interface Stage {
  readonly variables: Map<string, SetVariable>;
  /** What the making of the image is given, where that has a default. */
  readonly arguments: Map<string, SetVariable>;
  readonly commands: Map<string, string>;
}

/** What programs in a file of data are given of which one is a server. */
function inPrograms(
  file: StartingFile,
  form: Deployment["programs"][number],
  text: string,
): Variables | undefined {
  const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
  const programs = documentsIn(file.path, text).flatMap((one) => membersAt(one, form.at));
  const servers = programs.flatMap((program) => {
    const started = startedBy(file, form, program, folder);
    if (started === undefined) return [];
    const listed = form.files === undefined ? [] : namesIn(program[form.files]);
    return [
      new Map([
        ...started,
        ...listed.flatMap((name) => [...fileAt(file.project, inFolder(folder, name))]),
        ...variablesOf(program[form.variables], form.name, file.path),
      ]),
    ];
  });
  return servers.length === 0 ? undefined : together(servers);
}

/** What a program is given by what it runs: its command, or its image's where it names none. */
function startedBy(
  file: StartingFile,
  { command, image }: Deployment["programs"][number],
  program: Readonly<Record<string, unknown>>,
  folder: string,
): Variables | undefined {
  if (command.length === 0) return new Map();
  const written = command.map((key) => textOf(program[key])).join(" ");
  if (written.trim() !== "") return serverIn(file, written);
  const made = image === undefined ? undefined : program[image];
  const { context = ".", dockerfile = "Dockerfile" } = isTable(made) ? made : { context: made };
  if (made === undefined || typeof context !== "string" || typeof dockerfile !== "string")
    return undefined;
  const path = inFolder(inFolder(folder, context), dockerfile);
  return inImage({ ...file, path }, file.project.read(path) ?? "");
}

/** A path as it is written in a file of a folder. */
function inFolder(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split("/"))
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  return parts.join("/");
}

/** The values at a path of keys in data, where `*` stands for all members. */
function membersAt(data: unknown, path: readonly string[]): Readonly<Record<string, unknown>>[] {
  const [key, ...rest] = path;
  if (key === undefined) return isTable(data) ? [data] : [];
  if (key !== "*") return isTable(data) ? membersAt(data[key], rest) : [];
  const members = Array.isArray(data) ? data : isTable(data) ? Object.values(data) : [];
  return members.flatMap((one) => membersAt(one, rest));
}

/** Variables as data gives them: by name, as `NAME=value`, or as entries that hold a name and a value. */
function variablesOf(data: unknown, name: string, file: string): Variables {
  if (Array.isArray(data))
    return new Map(
      data.flatMap((one: unknown) => {
        if (typeof one === "string")
          return one.includes("=") ? assignment(one, file) : [[one, { file }] as const];
        const named = isTable(one) ? one[name] : undefined;
        return typeof named === "string" && isTable(one)
          ? [[named, dataValue(one["value"], file)] as const]
          : [];
      }),
    );
  if (!isTable(data)) return new Map();
  return new Map(
    Object.entries(data).map(([key, one]) => [
      key,
      dataValue(isTable(one) ? one["value"] : one, file),
    ]),
  );
}

/** What `true` is as a text is not the same on all platforms. */
function dataValue(data: unknown, file: string): SetVariable {
  return typeof data === "string" || typeof data === "number"
    ? writtenValue(String(data), file)
    : { file };
}

function assignment(text: string, file: string): (readonly [string, SetVariable])[] {
  const at = text.indexOf("=");
  return [[text.slice(0, at), writtenValue(text.slice(at + 1), file)]];
}

/** What a server's command sets itself, by way of a script of the tree; undefined where no server is started. */
function serverIn({ project, isServer }: StartingFile, command: string): Variables | undefined {
  if (isServer(command)) return new Map();
  for (const [, name] of command.matchAll(/(?:^|[\s"'[,/])([\w-]+\.sh)\b/g)) {
    const [script, other] = [...project.paths].filter((path) => `/${path}`.endsWith(`/${name}`));
    if (script === undefined || other !== undefined) continue;
    const text = project.read(script) ?? "";
    if (isServer(withoutComments(text))) return inLines(script, text, "export");
  }
  return undefined;
}

/** The assignments on lines that begin with a word. */
function inLines(path: string, text: string, begin: string): Variables {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const trimmed = line.trim();
      return trimmed.startsWith(begin)
        ? assignmentsIn(trimmed.slice(begin.length).trim(), path)
        : [];
    }),
  );
}

/** The quotes stand around the value or around all of it. */
const ASSIGNMENT =
  /(?:"(?<outer>[A-Za-z_]\w*)=(?<whole>[^"]*)"|(?<name>[A-Za-z_]\w*)=(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>[^\s"']*)))(?:\s+|$)/y;

/** `A=1 B="2"`, up to where something else stands. */
function assignmentsIn(
  text: string,
  file: string,
  known: Variables = new Map(),
): (readonly [string, SetVariable])[] {
  const found: (readonly [string, SetVariable])[] = [];
  ASSIGNMENT.lastIndex = 0;
  for (let match = ASSIGNMENT.exec(text); match?.groups; match = ASSIGNMENT.exec(text)) {
    const { outer, whole, name = "", double, single, plain = "" } = match.groups;
    const value =
      single === undefined
        ? writtenValue(whole ?? double ?? plain, file, known)
        : { text: single, file };
    found.push([outer ?? name, value]);
  }
  return found;
}

/** A value as it is written, or what stands for it while what it names is not given. */
function writtenValue(written: string, file: string, known: Variables = new Map()): SetVariable {
  const [, name = "", otherwise] = /^\$\{?(\w+)(?::?-([^${}]*))?\}?$/.exec(written) ?? [];
  const text = written.includes("$") ? (known.get(name)?.text ?? otherwise) : written;
  return text === undefined ? { file } : { text, file };
}

function fileAt(project: Project, path: string): Variables {
  const listed = variablesIn(project.read(path), { expands: false }) ?? new Map<string, string>();
  return new Map([...listed].map(([name, text]) => [name, { text, file: path }]));
}

function namesIn(data: unknown): string[] {
  if (typeof data === "string") return [data];
  if (!Array.isArray(data)) return [];
  return data.flatMap((one: unknown) => namesIn(isTable(one) ? one["path"] : one));
}

function textOf(data: unknown): string {
  return Array.isArray(data) ? data.map(textOf).join(" ") : typeof data === "string" ? data : "";
}

function isTable(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, "");
}

function documentsIn(path: string, text: string): unknown[] {
  if (path.endsWith(".toml")) return [plainToml(text)];
  if (!path.endsWith(".json")) return text.split(/^---.*$/m).map(plainYaml);
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
