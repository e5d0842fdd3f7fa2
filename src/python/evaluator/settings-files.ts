/** Settings that a package takes from files of data beside the module that calls it, and puts over those that the module has. */
import type { DataFormat, Models } from "../../core/models.ts";
import { bindIn, bindingIn, type Frame, type Machine } from "./machine.ts";
import { nearest } from "./paths.ts";
import { fromData } from "./reflection.ts";
import { derived, type Site } from "./values.ts";

const FORMATS: Readonly<Record<string, DataFormat>> = {
  json: "json",
  toml: "toml",
  yaml: "yaml",
  yml: "yaml",
};
type SettingsFiles = Models["settingsFiles"][number];

/** Binds what the files say in the module of the frame. What only some other section says is not known. */
export function readSettingsFiles(
  machine: Machine,
  form: SettingsFiles,
  frame: Frame,
  site: Site,
): void {
  for (const name of form.files) {
    const text = nearest(machine.files, site, [name])?.text;
    const format = FORMATS[name.slice(name.lastIndexOf(".") + 1)];
    const data = text === undefined || !format ? undefined : machine.parseData(format, text);
    if (!isTable(data)) continue;
    const sections = Object.entries(data).filter(([, one]) => isTable(one));
    const isMeant = (section: string) => form.sections.includes(section.toLowerCase());
    if (!sections.some(([section]) => isMeant(section))) {
      bindAll(data);
      continue;
    }
    for (const [section, one] of sections) {
      if (!isTable(one) || isMeant(section)) continue;
      for (const key of Object.keys(one))
        bindIn(machine, frame.globals, key.toUpperCase(), derived(known(key), site), site);
    }
    for (const wanted of form.sections)
      for (const [section, one] of sections)
        if (isTable(one) && section.toLowerCase() === wanted) bindAll(one, sections.length > 1);
  }

  function known(key: string) {
    const value = bindingIn(frame.globals, key.toUpperCase())?.value;
    return value === undefined ? [] : [value];
  }

  function bindAll(table: Readonly<Record<string, unknown>>, mayDiffer = false): void {
    for (const [key, one] of Object.entries(table)) {
      const name = key.toUpperCase();
      const before = bindingIn(frame.globals, name)?.value;
      // Another section may say something else of it.
      if (mayDiffer && before?.kind === "unknown") continue;
      bindIn(machine, frame.globals, name, fromData(one, site, 0), site);
    }
  }
}

function isTable(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
