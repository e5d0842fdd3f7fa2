// What a call is given by functions of other modules of the tree.

import { expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { scan } from "../../src/review/index.ts";
import { loadRules } from "../../src/rules/index.ts";
import { memoryTree } from "../../src/trees/memory.ts";

const rules = loadRules(
  ruleFiles.filter(
    ({ path }) => path.startsWith("models/") || path === "injection/subprocess-shell.yml",
  ),
  matchSchemas,
);

const backup = `import subprocess
from commands import command
def backup(name):
    subprocess.run(command(name), shell=True)
`;

it.each([
  [
    "a text that does not depend on what it is given",
    "    return 'tar cf /srv/all.tar /srv/data'\n",
    0,
  ],
  ["a text of a table", "    return {'a': 'tar cf a', 'b': 'tar cf b'}.get(name, 'true')\n", 0],
  ["a text with what it is given", "    return 'tar cf ' + name\n", 1],
])("a function of another module gives %s", async (_, body, count) => {
  const tree = memoryTree({ "backup.py": backup, "commands.py": `def command(name):\n${body}` });
  const { new: found } = await scan({ tree, rules, config: defaultConfig, today: "2026-01-01" });
  expect(found).toHaveLength(count);
});
