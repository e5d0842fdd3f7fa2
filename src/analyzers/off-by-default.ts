/** What a program does only where the environment says so: `if settings.CHECK:`, when `CHECK` is off while its variable is unset. */
import { Interpreter, isKind, type ModuleFile, type Placed, truth } from "../python/index.ts";
import type { Project } from "./analyzer.ts";
import { wayTo } from "./by-default.ts";

/** True for a node under a condition that surely comes out the other way, as the modules are that the file imports. */
export function isOffByDefault(node: Placed, file: ModuleFile, project: Project): boolean {
  const way = wayTo(node, file.body);
  const interpreter = new Interpreter(project, { eager: true });
  return way.some((one, depth) => {
    const next = way[depth + 1];
    if (!isKind(one, "If") || next === undefined || next === one.test) return false;
    const answer = interpreter.valueIn(file.path, one.test);
    const holds = answer && truth(answer);
    return holds !== undefined && holds === one.orelse.some((statement) => statement === next);
  });
}
