import type { Span } from "../../core/document.ts";
import type { ManifestFormat, Package } from "../package.ts";
import { Draft } from "./draft.ts";
import { type IniOption, parseIni } from "./ini.ts";
import { insideOf } from "./installer-options.ts";
import { fieldsOf, parseRequirement, scopeOfGroup } from "./requirement.ts";

/** The declarative configuration of setuptools. */
export const setupCfg = {
  id: "setup-cfg",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pip",
  matches: (path) => /(?:^|\/)setup\.cfg$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    for (const option of parseIni(text)) readOption(draft, option);
    return draft.finish();
  },
} as const satisfies ManifestFormat;

function readOption(draft: Draft, option: IniOption): void {
  const place = placeOf(option.section, option.key);
  if (place === undefined) return;
  for (const line of requirementsIn(option)) {
    const file = /^file:\s*(.+)$/.exec(line.text)?.[1];
    if (file !== undefined) {
      for (const one of file.split(",")) includeFile(draft, one.trim(), line);
      continue;
    }
    const found = parseRequirement(draft.text, line.start, line.end);
    if (found === undefined) draft.problem("not a requirement that pip would read", line);
    else draft.add({ ...fieldsOf(found), kind: "requirement", direct: true, ...place, span: line });
  }
}

/** setuptools splits a value at its line ends, and a value on one line at its semicolons: there is no room for markers then. */
function requirementsIn({ lines, end }: IniOption): IniOption["lines"] {
  const [only] = lines;
  if (only === undefined || lines.length > 1 || only.start >= end) return lines;
  return [...only.text.matchAll(/[^;]+/g)].map((part) => {
    const text = part[0].trim();
    const start = only.start + part.index + part[0].indexOf(text);
    return { text, start, end: start + text.length };
  });
}

function includeFile(draft: Draft, name: string, line: Span): void {
  const target = insideOf(draft.path, name);
  if (target !== undefined) draft.include(target, "requirements", line);
  else draft.problem("includes a file that is not part of the tree", line);
}

function placeOf(section: string, key: string): Pick<Package, "scope" | "group"> | undefined {
  if (section === "options.extras_require")
    return { scope: scopeOfGroup(key, "extra"), group: key };
  if (section !== "options") return undefined;
  switch (key) {
    case "install_requires":
      return { scope: "main" };
    case "tests_require":
      return { scope: "test", group: key };
    case "setup_requires":
      return { scope: "dev", group: key };
    default:
      return undefined;
  }
}
