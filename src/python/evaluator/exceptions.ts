import { ownValue } from "../../core/own-value.ts";
import { ancestry } from "./ancestry.ts";
import { membersOf } from "./containers.ts";
import type { Machine } from "./machine.ts";
import type { ClassValue, Value } from "./values.ts";

/** An exception: one of Python's own or of a package by its name, one of the tree by its class. */
export type Exception = string | ClassValue;

/** The exception that is raised, by class or by instance; undefined where it is not known. */
export function exceptionOf(value: Value): Exception | undefined {
  if (value.kind === "class") return value;
  if (value.kind === "instance") return value.class;
  return value.kind === "symbol"
    ? value.name.replace(/\(\)$/, "").replace(/^builtins\./, "")
    : undefined;
}

/** What each built-in exception that programs raise and catch on purpose is derived from. */
const PARENTS: Readonly<Record<string, string>> = {
  ArithmeticError: "Exception",
  AssertionError: "Exception",
  AttributeError: "Exception",
  "configparser.NoOptionError": "configparser.Error",
  "configparser.NoSectionError": "configparser.Error",
  "configparser.Error": "Exception",
  ConnectionError: "OSError",
  EOFError: "Exception",
  Exception: "BaseException",
  FileExistsError: "OSError",
  FileNotFoundError: "OSError",
  IOError: "OSError",
  ImportError: "Exception",
  IndexError: "LookupError",
  IsADirectoryError: "OSError",
  "json.JSONDecodeError": "ValueError",
  KeyError: "LookupError",
  LookupError: "Exception",
  ModuleNotFoundError: "ImportError",
  NameError: "Exception",
  NotADirectoryError: "OSError",
  NotImplementedError: "RuntimeError",
  OSError: "Exception",
  OverflowError: "ArithmeticError",
  PermissionError: "OSError",
  RecursionError: "RuntimeError",
  RuntimeError: "Exception",
  StopIteration: "Exception",
  SyntaxError: "Exception",
  SystemExit: "BaseException",
  TimeoutError: "OSError",
  "tomllib.TOMLDecodeError": "ValueError",
  TypeError: "Exception",
  UnboundLocalError: "NameError",
  UnicodeDecodeError: "UnicodeError",
  UnicodeEncodeError: "UnicodeError",
  UnicodeError: "ValueError",
  UserWarning: "Warning",
  ValueError: "Exception",
  Warning: "Exception",
  ZeroDivisionError: "ArithmeticError",
};

/** Whether a handler for a class of exceptions takes one; undefined where that is not known. */
export function takes(machine: Machine, handled: Value, exception: Exception): boolean | undefined {
  if (handled.kind === "sequence")
    return anyOf(membersOf(handled)?.map((one) => takes(machine, one, exception)) ?? [undefined]);
  if (handled.kind === "class") {
    // Python itself raises none of the tree, and nothing of Python's is derived from one.
    if (typeof exception === "string") return Object.hasOwn(PARENTS, exception) ? false : undefined;
    return ancestry(machine, exception).some(
      (one) => one.kind === "class" && one.node === handled.node,
    );
  }
  if (handled.kind !== "symbol") return undefined;
  if (typeof exception !== "string") {
    const outside = ancestry(machine, exception).flatMap((one) =>
      one.kind === "symbol" ? [takes(machine, handled, exceptionOf(one) ?? one.name)] : [],
    );
    return outside.length === 0 ? undefined : anyOf(outside);
  }
  const type = handled.name.replace(/^builtins\.|(?<=^json\.)decoder\./, "");
  if (type === "BaseException") return true;
  if (type === "Exception") return exception !== "SystemExit" && exception !== "KeyboardInterrupt";
  const wanted = type === "IOError" || type === "EnvironmentError" ? "OSError" : type;
  for (let name: string | undefined = exception; name !== undefined; name = ownValue(PARENTS, name))
    if (name === wanted) return true;
  return [exception, wanted].every((one) => Object.hasOwn(PARENTS, one)) ? false : undefined;
}

function anyOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}
