/**
 * Settings that a package takes from files of data beside the module that calls it, and puts over those that the module has, or hands
 * out as an object. Files may have a section for each stage, of which nobody knows which counts where the program is deployed; one for
 * development does not.
 */
import type { DataFormat, Models } from "../../core/models.ts";
import { withAttributes } from "./attribute-dicts.ts";
import { dict, membersOf } from "./containers.ts";
import { bindIn, bindingIn, type Frame, type Machine } from "./machine.ts";
import { nearest } from "./paths.ts";
import { fromData } from "./reflection.ts";
import {
  type Arguments,
  asString,
  constant,
  derived,
  type Site,
  truth,
  type Value,
} from "./values.ts";

const FORMATS: Readonly<Record<string, DataFormat>> = {
  json: "json",
  toml: "toml",
  yaml: "yaml",
  yml: "yaml",
};
type SettingsFiles = Models["settingsFiles"][number];
type Table = Readonly<Record<string, unknown>>;
/** What a setting is in the end, and under which keys of which file that stands; undefined where it depends on the stage. */
type Settings = Map<
  string,
  { readonly data: unknown; readonly path: string; readonly keys: readonly string[] } | undefined
>;

/** What a file of data says of settings that has sections, of which these are shared; undefined for one that has none of them. */
export function sectionedSettings(
  machine: Machine,
  file: { readonly path: string; readonly text: string },
  shared: readonly string[],
): Settings | undefined {
  const format = FORMATS[file.path.slice(file.path.lastIndexOf(".") + 1)];
  const data = format && machine.parseData(format, file.text);
  if (!isTable(data)) return undefined;
  const names = Object.entries(data).flatMap(([name, one]) =>
    isTable(one) ? name.toLowerCase() : [],
  );
  if (!names.some((name) => shared.includes(name))) return undefined;
  const settings: Settings = new Map();
  addFile(machine, settings, file, shared, undefined);
  return settings;
}

/** What such a call gives; it binds names of the frame's module where that is what it does. Undefined for any other call. */
export function callSettingsFiles(
  machine: Machine,
  callee: string,
  given: Arguments,
  frame: Frame,
  site: Site,
): Value | undefined {
  const form = machine.eager
    ? machine.models.settingsFiles.find((one) => one.call === callee)
    : undefined;
  if (form === undefined) return undefined;
  if (form.object !== undefined) return objectOf(machine, form, form.object, given, site);
  const settings: Settings = new Map();
  for (const file of form.files) {
    const found = nearest(machine.files, site, [file]);
    if (found !== undefined) addFile(machine, settings, found, form.sections, undefined);
  }
  for (const [name, said] of settings) {
    const before = bindingIn(frame.globals, name)?.value;
    const value = said ? fromData(said.data, site, 0) : derived(before ? [before] : [], site);
    bindIn(machine, frame.globals, name, value, site);
  }
  return undefined;
}

/** An object that has the settings as attributes and as entries, whatever the case of their names. */
function objectOf(
  machine: Machine,
  form: SettingsFiles,
  object: NonNullable<SettingsFiles["object"]>,
  given: Arguments,
  site: Site,
): Value {
  const named = (keywords: readonly string[]) =>
    keywords.flatMap((keyword) => given.keywords.get(keyword) ?? []);
  const [sectioned] = named([object.sectioned]);
  const [section] = named(object.section);
  const hasSections = sectioned !== undefined && truth(sectioned) !== false;
  const settings: Settings = new Map();
  for (const file of filesGiven(machine, named(object.files), site))
    addFile(
      machine,
      settings,
      file,
      hasSections ? form.sections : [],
      section && asString(section)?.toLowerCase(),
    );
  const [prefix] = named([object.prefix]);
  const start = prefix === undefined ? object.variables : (asString(prefix) ?? "");
  const entries = new Map<string, { readonly key: Value; readonly value: Value }>();
  for (const [name, said] of settings) {
    const place = said && { path: said.path, keys: said.keys };
    const environment = { name: `${start && `${start}_`}${name}`.toUpperCase(), site };
    const value: Value = said
      ? { ...fromData(said.data, site, 0, place), environment }
      : derived([], site);
    for (const key of [name, name.toLowerCase()])
      entries.set(`s${key}`, { key: constant(key, site), value });
  }
  return withAttributes(dict(entries, site, true));
}

/** The files of the tree that are given by their names, by patterns or in one text. */
function filesGiven(machine: Machine, given: readonly Value[], site: Site) {
  const items = given.flatMap((one) => membersOf(one) ?? [one]);
  return items.flatMap((item) => {
    const found = machine.files.textOf(item);
    if (found !== undefined) return [found];
    const names = asString(item)?.split(/[;,]/) ?? [];
    return names.flatMap((name) => nearest(machine.files, site, [name.trim()]) ?? []);
  });
}

/** Adds what a file says to what those before it do. */
function addFile(
  machine: Machine,
  settings: Settings,
  { path, text }: { readonly path: string; readonly text: string },
  shared: readonly string[],
  wanted: string | undefined,
): void {
  const format = FORMATS[path.slice(path.lastIndexOf(".") + 1)];
  const data = format && machine.parseData(format, text);
  if (!isTable(data)) return;
  const sections = new Map(
    Object.entries(data).flatMap(([name, one]) =>
      isTable(one) ? [[name.toLowerCase(), one] as const] : [],
    ),
  );
  const add = (table: Table | undefined, section?: string) => {
    for (const [key, one] of Object.entries(table ?? {})) {
      const keys = section === undefined ? [key] : [section, key];
      settings.set(key.toUpperCase(), { data: one, path, keys });
    }
  };
  if (!shared.some((section) => sections.has(section))) {
    // Without the shared ones, a section is one setting.
    if (wanted === undefined || !sections.has(wanted)) add(data);
    else add(sections.get(wanted), wanted);
    return;
  }
  const [first = "", ...last] = shared;
  add(sections.get(first), first);
  if (wanted !== undefined) add(sections.get(wanted), wanted);
  else addStages(machine, settings, sections, shared, path);
  for (const section of last) add(sections.get(section), section);
}

/** Adds what the sections of stages say where all that may be deployed say the same. */
function addStages(
  { models }: Machine,
  settings: Settings,
  sections: ReadonlyMap<string, Table>,
  shared: readonly string[],
  path: string,
): void {
  const stages = [...sections].filter(
    ([name]) => !shared.includes(name) && !models.stages.developing.includes(name),
  );
  const keys = new Set(stages.flatMap(([, one]) => Object.keys(one)));
  for (const key of keys) {
    const name = key.toUpperCase();
    const before = settings.get(name)?.data;
    const said = stages.map(([, one]) => (Object.hasOwn(one, key) ? one[key] : before));
    const [data] = said;
    const isSame = said.every((one) => JSON.stringify(one) === JSON.stringify(data));
    const [section = ""] = stages.find(([, one]) => Object.hasOwn(one, key)) ?? [];
    settings.set(
      name,
      isSame && data !== undefined ? { data, path, keys: [section, key] } : undefined,
    );
  }
}

function isTable(data: unknown): data is Table {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
