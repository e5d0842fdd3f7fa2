import type { Pattern } from "../ast.ts";
import { ancestry, inherited } from "./ancestry.ts";
import { attribute } from "./attributes.ts";
import type { StatementMachine } from "./completion.ts";
import { dict, memberAt, membersOf, sequence } from "./containers.ts";
import { evaluate } from "./expressions.ts";
import { fieldNames } from "./fields.ts";
import { bind, type Frame } from "./machine.ts";
import { compare } from "./operators.ts";
import { passing } from "./refine.ts";
import { isOfType } from "./types.ts";
import { asString, constant, derived, isSame, keyOf, type Site, type Value } from "./values.ts";

/** What a pattern asks of its subject: whether it is one of some constants, or of a class. */
export function asPattern(
  machine: StatementMachine,
  frame: Frame,
  pattern: Pattern,
  subject: Value,
): Value {
  if (pattern.nodeType === "MatchAs" && pattern.pattern)
    return asPattern(machine, frame, pattern.pattern, subject);
  if (pattern.nodeType === "MatchClass") {
    const type = evaluate(machine, pattern.cls, frame);
    const call = { positional: [subject, type], keywords: new Map(), open: false };
    return { kind: "symbol", name: "builtins.isinstance()", call };
  }
  const patterns = pattern.nodeType === "MatchOr" ? pattern.patterns : [pattern];
  const values = patterns.flatMap((one) =>
    one.nodeType === "MatchValue" ? [evaluate(machine, one.value, frame)] : [],
  );
  if (values.length === patterns.length) {
    const right = sequence("tuple", values);
    return { ...derived([subject]), test: { kind: "compare", op: "In", left: subject, right } };
  }
  if (pattern.nodeType !== "MatchOr") return derived([subject]);
  const operands = patterns.map((one) => asPattern(machine, frame, one, subject));
  return { ...derived([subject]), test: { kind: "or", operands } };
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
      const isOne =
        subject.kind === "instance" && type.kind === "class"
          ? ancestry(machine, subject.class).some(
              (base) => base.kind === "class" && base.node === type.node,
            )
          : isOfType(subject, type);
      if (isOne !== true) return isOne;
      const parts = partsOf(machine, pattern, subject, { file: frame.file, node: pattern.cls });
      return allOf(
        parts.map(([part, value]) =>
          value === undefined ? undefined : matches(machine, frame, part, value),
        ),
      );
    }
    default:
      return undefined;
  }
}

/** The patterns within one of a class, each with the part of the subject that it is for; undefined where that is not known. */
function partsOf(
  machine: StatementMachine,
  pattern: Extract<Pattern, { nodeType: "MatchClass" }>,
  subject: Value,
  site: Site,
): (readonly [Pattern, Value | undefined])[] {
  const named = pattern.kwd_patterns.map((part, index) => {
    const name = pattern.kwd_attrs[index];
    return [
      part,
      name === undefined ? undefined : attribute(machine, subject, name, site),
    ] as const;
  });
  if (subject.kind !== "instance")
    // `str(name)`: the one position of a built-in type is the subject itself.
    return [...pattern.patterns.map((part) => [part, subject] as const), ...named];
  const listed = inherited(machine, subject.class, "__match_args__");
  const names = (listed && membersOf(listed)?.map(asString)) ?? fieldNames(machine, subject.class);
  const placed = pattern.patterns.map((part, index) => {
    const name = names[index];
    return [
      part,
      name === undefined ? undefined : attribute(machine, subject, name, site),
    ] as const;
  });
  return [...placed, ...named];
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

/** The subject with what is known of it where it fits a pattern. */
function fitting(machine: StatementMachine, frame: Frame, pattern: Pattern, subject: Value): Value {
  const asksMore = pattern.nodeType !== "MatchAs" || pattern.pattern;
  if (machine.observe === undefined || !asksMore) return subject;
  return passing(machine, subject, asPattern(machine, frame, pattern, subject));
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
      if (pattern.name)
        bind(machine, frame, pattern.name, fitting(machine, frame, pattern, subject), site);
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
      for (const [part, value] of partsOf(
        machine,
        pattern,
        fitting(machine, frame, pattern, subject),
        site,
      ))
        bindPattern(machine, frame, part, value ?? derived([subject], site), site);
      return;
    case "MatchOr":
      for (const part of pattern.patterns) bindPattern(machine, frame, part, subject, site);
      return;
    default:
      return;
  }
}
