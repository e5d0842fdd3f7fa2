import type { Expression } from "../../../python/index.ts";

type Call = Extract<Expression, { nodeType: "Call" }>;

/** Methods that give the text that they are called on, or nearly. */
export const TEXT_METHODS = /^(?:encode|decode|strip|lower|upper)$/;

/**
 * The text that an expression comes to where all of it is written out: one literal, several with `+` between them, or literals
 * that are put into another one, joined, or turned around. Undefined where a part comes from elsewhere.
 */
export function writtenText(node: Expression): string | undefined {
  switch (node.nodeType) {
    case "Constant":
      return typeof node.value === "string" ? node.value : undefined;
    case "JoinedStr":
      return joined(node.values, "");
    case "BinOp":
      if (node.op.nodeType === "Add") return joined([node.left, node.right], "");
      return node.op.nodeType === "Mod"
        ? filled(
            writtenText(node.left),
            /%s/g,
            node.right.nodeType === "Tuple" ? node.right.elts : [node.right],
          )
        : undefined;
    case "Call":
      return textOfCall(node);
    case "Subscript":
      return isBackwards(node.slice)
        ? writtenText(node.value)?.split("").reverse().join("")
        : undefined;
    default:
      return undefined;
  }
}

/** `"".join(["a", "b"])` and `"Bearer {}".format("a")`. */
function textOfCall({ func, args, keywords }: Call): string | undefined {
  if (func.nodeType !== "Attribute" || func.value.nodeType !== "Constant") return undefined;
  const text = writtenText(func.value);
  const [first, ...others] = args;
  if (first === undefined || keywords.length > 0) return undefined;
  if (func.attr === "format") return filled(text, /\{\d?\}/g, args);
  const isList = first.nodeType === "List" || first.nodeType === "Tuple";
  return func.attr === "join" && isList && others.length === 0 && text !== undefined
    ? joined(first.elts, text)
    : undefined;
}

function joined(parts: readonly Expression[], between: string): string | undefined {
  const texts: string[] = [];
  for (const part of parts) {
    const text = writtenText(part);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.length === 0 ? undefined : texts.join(between);
}

/** A text with others in its holes, in their order. */
function filled(
  text: string | undefined,
  hole: RegExp,
  values: readonly Expression[],
): string | undefined {
  const texts = values.map(writtenText);
  if (text === undefined || texts.includes(undefined)) return undefined;
  let next = 0;
  return text.replace(hole, () => texts[next++] ?? "");
}

/** `[::-1]` */
function isBackwards(slice: Expression): boolean {
  return (
    slice.nodeType === "Slice" &&
    !slice.lower &&
    !slice.upper &&
    slice.step?.nodeType === "UnaryOp" &&
    slice.step.op.nodeType === "USub"
  );
}
