import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import {
  type DocumentNode,
  type Entry,
  MAX_DEPTH,
  type ParsedDocument,
  type Problem,
} from "../../core/document.ts";
import { firstTooDeep } from "../../core/yaml.ts";

/** The parser reads about two megabytes a second; files that people write are far smaller. */
const MAX_CHARACTERS = 1_000_000;
/** Nodes after aliases are followed: a file that comes to more was made to. */
const MAX_NODES = 200_000;

/** Reads a YAML document that people write. For long lists written by programs there is `yamlLines`. */
export function parseYaml(text: string): ParsedDocument {
  const nothing: DocumentNode = { kind: "plain", value: "", start: 0, end: text.length };
  const refuse = (reason: string) => ({ root: nothing, problems: [{ offset: 0, reason }] });
  if (text.length > MAX_CHARACTERS) return refuse("the file is too large");
  if (firstTooDeep(text) !== undefined) return refuse("nested too deep");
  const document = parseDocument(text, {
    prettyErrors: false,
    logLevel: "silent",
    uniqueKeys: false,
    merge: true,
  });
  const problems: Problem[] = document.errors.map(({ pos, code }) => ({
    offset: pos[0],
    reason: `not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`,
  }));
  const { contents } = document;
  if (contents === null) return { root: nothing, problems };
  const root = new Converter(document).convert(contents, 0) ?? nothing;
  return { root, problems };
}

class Converter {
  private readonly document: Document;
  private left = MAX_NODES;

  constructor(document: Document) {
    this.document = document;
  }

  convert(node: unknown, depth: number): DocumentNode | undefined {
    if (depth > MAX_DEPTH || this.left-- <= 0) return undefined;
    if (isAlias(node)) {
      return this.convert(node.resolve(this.document), depth + 1);
    }
    if (isScalar(node)) {
      const { value } = node;
      const place = placeOf(node);
      if (typeof value === "string") return { kind: "text", value, ...place };
      return { kind: "plain", value: node.source ?? String(value), ...place };
    }
    if (isSeq(node)) {
      const items = node.items.flatMap((item) => this.convert(item, depth + 1) ?? []);
      return { kind: "list", items, ...placeOf(node) };
    }
    if (!isMap(node)) return undefined;
    const entries = new Map<string, Entry>();
    for (const pair of node.items) {
      if (!isScalar(pair.key)) continue;
      const key = pair.key.source ?? String(pair.key.value);
      const place = placeOf(pair.key);
      const value = this.convert(pair.value, depth + 1) ?? {
        kind: "plain",
        value: "",
        start: place.end,
        end: place.end,
      };
      entries.set(key, { key, value, ...place });
    }
    return { kind: "map", entries, ...placeOf(node) };
  }
}

function placeOf(node: Node): { start: number; end: number } {
  const [start = 0, end = start] = node.range ?? [];
  return { start, end };
}
