import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { parseIni } from "./ini.ts";
import { noteOption } from "./installer-options.ts";

/** pip's configuration, in which options stand by their long names; it asks for no package. */
export const pipConf = {
  id: "pip-conf",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pip",
  matches: (path) => /(?:^|\/)pip\.(?:conf|ini)$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    for (const { key, lines } of parseIni(text)) {
      if (!OPTIONS.has(key)) continue;
      for (const { text: line, start } of lines) {
        for (const word of line.matchAll(/\S+/g)) {
          const at = start + word.index;
          const span = { start: at, end: at + word[0].length };
          noteOption(draft, { name: `--${key}`, value: word[0], ...span });
        }
      }
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;

/** What says where packages come from; each may have several values. */
const OPTIONS = new Set(["index-url", "extra-index-url", "find-links", "trusted-host"]);
