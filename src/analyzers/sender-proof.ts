/** Whether the code of a view proves who sends what it handles: by a signature that only whoever has a secret can make. */
import type { SenderProof } from "../core/access-model.ts";
import { nameMatches } from "../core/name-pattern.ts";
import {
  type CallNode,
  type CallObservation,
  Interpreter,
  isKind,
  type ModuleFile,
  type Placed,
  walk,
} from "../python/index.ts";
import type { FileUnit, Project } from "./analyzer.ts";
import { argumentAt, calleeNames } from "./observed-call.ts";

/** True where a call that proves the sender stands in a function or class, or in a function of the file that it names. */
export function provesSender(node: Placed, file: ModuleFile, unit: FileUnit): boolean {
  const nodes = [...walk(node)];
  const named = new Set(nodes.flatMap(namesIn));
  const helpers = file.body.filter(
    (one) =>
      (isKind(one, "FunctionDef") || isKind(one, "AsyncFunctionDef")) &&
      one !== node &&
      named.has(one.name),
  );
  const parts = [node, ...helpers];
  const within = new Set(parts.flatMap((one) => [...walk(one)]));
  const called = new Set(
    [...within].flatMap((one) => (isKind(one, "Attribute") ? [one.attr] : namesIn(one))),
  );
  const proofs = unit.project.models["sender-proofs"].filter(({ call }) =>
    called.has(call.slice(call.lastIndexOf(".") + 1)),
  );
  if (proofs.length === 0) return false;
  const ignored = new Set([...within].flatMap((one) => (isKind(one, "Expr") ? [one.value] : [])));
  return callsIn(parts, file, unit.project).some((call) => {
    const written = call.site.node;
    return (
      isKind(written, "Call") &&
      within.has(written) &&
      proofs.some(
        (proof) =>
          calleeNames(call).some((name) => nameMatches(proof.call, name)) &&
          (proof.raises || !ignored.has(written)) &&
          (proof.needs.length === 0 ||
            proof.needs.some((place) => argumentAt(call, place) !== undefined)) &&
          !isSwitchedOff(written, proof),
      )
    );
  });
}

function namesIn(node: Placed): readonly string[] {
  if (isKind(node, "Name")) return [node.id];
  return isKind(node, "Import") || isKind(node, "ImportFrom")
    ? node.names.map(({ name }) => name)
    : [];
}

/** The calls of some functions and classes of a file, which run for that alone. */
function callsIn(
  parts: readonly Placed[],
  file: ModuleFile,
  project: Project,
): readonly CallObservation[] {
  const calls: CallObservation[] = [];
  const interpreter = new Interpreter(project, {
    eager: false,
    observe: (call) => calls.push(call),
  });
  interpreter.module(file.path);
  const regions = parts.map((one) => file.region(one));
  interpreter.runFunctions(file.path, (startLine, endLine) =>
    regions.some((one) => one.startLine <= endLine && startLine <= one.endLine),
  );
  return calls;
}

/** True where a keyword or a key that may switch a check off is written in the call. */
function isSwitchedOff(call: CallNode, { without }: SenderProof): boolean {
  if (without.length === 0) return false;
  return (
    call.keywords.some(({ arg }) => arg && without.includes(arg)) ||
    [...walk(call)].some(
      (one) =>
        isKind(one, "Constant") && typeof one.value === "string" && without.includes(one.value),
    )
  );
}
