import { membersOf } from "./containers.ts";
import type { Value } from "./values.ts";

/** The name of an exception that is raised, by class or by instance; undefined where it is not known. */
export function exceptionName(value: Value): string | undefined {
  return value.kind === "symbol"
    ? value.name.replace(/\(\)$/, "").replace(/^builtins\./, "")
    : undefined;
}

/** What each built-in exception that programs raise and catch on purpose is derived from. */
const PARENTS: Readonly<Record<string, string>> = {
  ArithmeticError: "Exception",
  AttributeError: "Exception",
  Exception: "BaseException",
  FileNotFoundError: "OSError",
  IOError: "OSError",
  ImportError: "Exception",
  IndexError: "LookupError",
  "json.JSONDecodeError": "ValueError",
  KeyError: "LookupError",
  LookupError: "Exception",
  ModuleNotFoundError: "ImportError",
  NameError: "Exception",
  NotImplementedError: "RuntimeError",
  OSError: "Exception",
  PermissionError: "OSError",
  RuntimeError: "Exception",
  StopIteration: "Exception",
  TypeError: "Exception",
  UnicodeDecodeError: "ValueError",
  ValueError: "Exception",
  ZeroDivisionError: "ArithmeticError",
};

/** Whether a handler for a class of exceptions takes one; undefined where that is not known. */
export function takes(handled: Value, exception: string): boolean | undefined {
  if (handled.kind === "sequence") {
    const answers = membersOf(handled)?.map((one) => takes(one, exception)) ?? [undefined];
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  }
  if (handled.kind !== "symbol") return undefined;
  const type = handled.name.replace(/^builtins\.|(?<=^json\.)decoder\./, "");
  if (type === "BaseException" || type === "Exception") return true;
  const wanted = type === "IOError" ? "OSError" : type;
  for (let name: string | undefined = exception; name !== undefined; name = PARENTS[name])
    if (name === wanted) return true;
  return exception in PARENTS && wanted in PARENTS ? false : undefined;
}
