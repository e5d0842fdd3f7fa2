import { itemsAt } from "../../core/document.ts";
import type { ManifestFormat } from "../package.ts";
import { Draft } from "./draft.ts";
import { noteOption, optionsIn, tokensIn } from "./installer-options.ts";
import { addRequirementText } from "./python-entries.ts";
import { parseYaml } from "./yaml.ts";

/** The packages that a conda environment takes from PyPI. Those of conda have versions and advisories of their own. */
export const condaEnvironment = {
  id: "conda-environment",
  ecosystem: "PyPI",
  role: "manifest",
  tool: "pip",
  matches: (path) => /(?:^|\/)(?:conda[-_.])?env(?:ironment)?(?:[-_.][^/]*)?\.ya?ml$/.test(path),
  read(text, path) {
    const draft = new Draft("PyPI", text, path);
    const root = draft.takeOver(parseYaml(text));
    for (const dependency of draft.items(root, "dependencies")) {
      for (const node of itemsAt(dependency, "pip")) {
        if (node.kind !== "text") continue;
        if (/^\s*-(?!e\s)/.test(node.value)) {
          const words = tokensIn(node.value, { start: 0, end: node.value.length });
          const { start, end } = node;
          for (const option of optionsIn(words)) noteOption(draft, { ...option, start, end });
        } else if (!/^\s*-e\s+\.{0,2}(?:\/|$|\[)|^\s*\.{1,2}(?:\/|$|\[)/.test(node.value))
          addRequirementText(draft, node, { kind: "requirement", scope: "main", direct: true });
      }
    }
    return draft.finish();
  },
} as const satisfies ManifestFormat;
