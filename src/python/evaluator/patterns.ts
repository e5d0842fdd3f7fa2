import type { Pattern } from "../ast.ts";
import type { StatementMachine } from "./completion.ts";
import { dict, memberAt, membersOf, sequence } from "./containers.ts";
import { evaluate } from "./expressions.ts";
import { bind, type Frame } from "./machine.ts";
import { compare } from "./operators.ts";
import { isOfType } from "./types.ts";
import { constant, derived, isSame, keyOf, type Site, type Value } from "./values.ts";

/** A pattern of constants as the comparison that it is. */
export function asPattern(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
): Value {
  const patterns = pattern.nodeType === "MatchOr" ? pattern.patterns : [pattern];
  const values = patterns.flatMap((one) =>
    one.nodeType === "MatchValue" ? [evaluate(machine, one.value, frame)] : [],
  );
  if (values.length < patterns.length) return derived([subject]);
  const right = sequence("tuple", values);
  return { ...derived([subject]), test: { kind: "compare", op: "In", left: subject, right } };
}

/** Whether a subject fits a pattern; undefined where that is not known. */
export function matches(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
): boolean | undefined {
  switch (pattern.nodeType) {
    case "MatchValue":
      return compare("Eq", subject, evaluate(machine, pattern.value, frame));
    case "MatchSingleton":
      return subject.kind === "constant"
        ? isSame(subject, constant(pattern.value))
        : compare("Is", subject, constant(pattern.value));
    case "MatchOr": {
      const answers = pattern.patterns.map((one) => matches(machine, frame, one, subject));
      return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
    }
    case "MatchAs":
      return pattern.pattern ? matches(machine, frame, pattern.pattern, subject) : true;
    case "MatchStar":
      return true;
    case "MatchSequence":
      return matchesSequence(machine, frame, pattern.patterns, subject);
    case "MatchMapping": {
      if (subject.kind !== "dict") return isPlain(subject) ? false : undefined;
      return allOf(
        pattern.patterns.map((part, index) => {
          const key = pattern.keys[index];
          const id = key && keyOf(evaluate(machine, key, frame));
          const { entries, open } = subject.contents.content;
          const entry = id === undefined ? undefined : entries.get(id);
          if (entry === undefined) return open || id === undefined ? undefined : false;
          return matches(machine, frame, part, entry.value);
        }),
      );
    }
    case "MatchClass": {
      const type = evaluate(machine, pattern.cls, frame);
      const isOne = isOfType(subject, type);
      if (isOne !== true || pattern.kwd_patterns.length > 0)
        return isOne === false ? false : undefined;
      return allOf(pattern.patterns.map((part) => matches(machine, frame, part, subject)));
    }
    default:
      return undefined;
  }
}

function allOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function isPlain(value: Value): boolean {
  return ["constant", "text", "sequence", "dict", "function", "class", "module"].includes(
    value.kind,
  );
}

function matchesSequence(
  machine: StatementMachine,
  frame: Frame,
  patterns: readonly Pattern[],
  subject: Value,
): boolean | undefined {
  if (subject.kind !== "sequence" || subject.type === "set")
    return isPlain(subject) ? false : undefined;
  const members = membersOf(subject);
  if (members === undefined) return undefined;
  const star = patterns.findIndex((one) => one.nodeType === "MatchStar");
  const wanted = patterns.length - (star < 0 ? 0 : 1);
  if (star < 0 ? members.length !== wanted : members.length < wanted) return false;
  return allOf(
    patterns.map((part, index) => {
      if (index === star) return true;
      const member =
        members[star >= 0 && index > star ? members.length - patterns.length + index : index];
      return member === undefined ? undefined : matches(machine, frame, part, member);
    }),
  );
}

/** Names in a pattern hold the subject or a part of it. */
export function bindPattern(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
  site: Site,
): void {
  switch (pattern.nodeType) {
    case "MatchAs":
      if (pattern.name) bind(machine, frame, pattern.name, subject, site);
      if (pattern.pattern) bindPattern(machine, frame, pattern.pattern, subject, site);
      return;
    case "MatchStar":
      if (pattern.name) bind(machine, frame, pattern.name, subject, site);
      return;
    case "MatchSequence": {
      const star = pattern.patterns.findIndex((one) => one.nodeType === "MatchStar");
      const members = membersOf(subject);
      const after = pattern.patterns.length - star - 1;
      pattern.patterns.forEach((part, index) => {
        const place = star >= 0 && index > star ? index - pattern.patterns.length : index;
        const rest = members?.slice(star, members.length - after);
        const value =
          index === star
            ? rest && sequence("list", rest, site)
            : memberAt(subject, constant(place), site);
        bindPattern(machine, frame, part, value ?? derived([subject], site), site);
      });
      return;
    }
    case "MatchMapping":
      pattern.patterns.forEach((part, index) => {
        const key = pattern.keys[index];
        const value =
          key === undefined ? undefined : memberAt(subject, evaluate(machine, key, frame), site);
        bindPattern(machine, frame, part, value ?? derived([subject], site), site);
      });
      if (pattern.rest) {
        const taken = new Set(pattern.keys.map((key) => keyOf(evaluate(machine, key, frame))));
        const left =
          subject.kind === "dict"
            ? [...subject.contents.content.entries].filter(([id]) => !taken.has(id))
            : [];
        const open = subject.kind !== "dict" || subject.contents.content.open;
        bind(machine, frame, pattern.rest, dict(new Map(left), site, open), site);
      }
      return;
    case "MatchClass":
      // `str(name)`: the one position of a built-in type is the subject itself.
      if (
        pattern.patterns.length === 1 &&
        isOfType(subject, evaluate(machine, pattern.cls, frame))
      ) {
        for (const part of pattern.patterns) bindPattern(machine, frame, part, subject, site);
        return;
      }
      for (const part of [...pattern.patterns, ...pattern.kwd_patterns])
        bindPattern(machine, frame, part, derived([subject], site), site);
      return;
    case "MatchOr":
      for (const part of pattern.patterns) bindPattern(machine, frame, part, subject, site);
      return;
    default:
      return;
  }
}
