/**
 * GitHub's own OpenAPI description (`@octokit/openapi`, `api.github.com.json`) as the judge of every
 * request and response. It is 13 MB, so it is parsed once per process, and a validator is compiled
 * only for what a test really calls. OpenAPI 3.0 schemas differ from JSON Schema in `nullable` and a
 * few annotations; `toJsonSchema` translates them one component at a time.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { at, type Fields, fields, isFields, list, parseJson, text } from "./json.ts";

export interface Operation {
  /** For example `checks/create`. */
  readonly id: string;
  readonly method: string;
  /** For example `/repos/{owner}/{repo}/check-runs`. */
  readonly template: string;
  readonly parameters: readonly Parameter[];
  /** Creates content that notifies people: counts against the content limit. */
  readonly notifies: boolean;
  readonly definition: Fields;
}

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly required: boolean;
  readonly schema: Fields;
}

interface Template {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly byMethod: ReadonlyMap<string, Operation>;
}

/**
 * Places where the description is known to be wrong, as `schema.property`: GitHub answers null there.
 * An outdated review comment has neither line nor position (docs: "line null when outdated"); a pull request whose fork was
 * deleted has no head repository, and with its account no user there, as the descriptions of its webhooks and of lists say.
 */
const NULL_ALLOWED: ReadonlySet<string> = new Set([
  "pull-request.head.repo",
  "pull-request.head.user",
  ...["pull-request-review-comment", "review-comment"].flatMap((schema) =>
    ["line", "position", "start_line"].map((property) => `${schema}.${property}`),
  ),
]);

const FORMATS = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uri: (value: string) => URL.canParse(value),
};

let shared: ApiDescription | undefined;

/** The description, parsed at the first call. */
export function apiDescription(): ApiDescription {
  if (shared === undefined) {
    const file = createRequire(import.meta.url).resolve(
      "@octokit/openapi/generated/api.github.com.json",
    );
    shared = new ApiDescription(fields(parseJson(readFileSync(file, "utf8"))));
  }
  return shared;
}

class ApiDescription {
  readonly #document: Fields;
  readonly #templates: readonly Template[];
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #known = new Set<string>();
  readonly #samples = new Map<string, Fields>();
  readonly #ajv = new Ajv({
    strict: false,
    // Quicker to compile; each validator runs a few times only.
    inlineRefs: false,
    code: { optimize: false },
    validateSchema: false,
    logger: false,
    formats: FORMATS,
    unicodeRegExp: false,
  });

  constructor(document: Fields) {
    this.#document = document;
    this.#templates = Object.entries(fields(document["paths"]))
      // Octokit's own alias of `/compare/{basehead}`.
      .filter(([template]) => !template.endsWith("/{base}...{head}"))
      .map(([template, methods]) => this.#template(template, fields(methods)))
      .sort((a, b) => b.rank - a.rank);
  }

  /** The operation of a request and its decoded path parameters; `undefined` when GitHub has none. */
  match(
    method: string,
    path: string,
  ): { operation: Operation; parameters: ReadonlyMap<string, string> } | undefined {
    for (const { pattern, names, byMethod } of this.#templates) {
      const operation = byMethod.get(method);
      const found = operation && pattern.exec(path);
      if (operation && found) {
        const values = found.slice(1).map((value) => decodeURIComponent(value));
        return { operation, parameters: new Map(names.map((name, i) => [name, values[i] ?? ""])) };
      }
    }
    return undefined;
  }

  /** What is wrong with the parameters and body of a request; what the description lacks counts too. */
  requestProblems(
    operation: Operation,
    path: ReadonlyMap<string, string>,
    query: URLSearchParams,
    body: unknown,
  ): { readonly refused: readonly string[]; readonly unknown: readonly string[] } {
    const refused = operation.parameters.flatMap((parameter) => {
      const given =
        parameter.place === "path" ? path.get(parameter.name) : query.get(parameter.name);
      if (given === undefined || given === null) {
        return parameter.required && parameter.place === "query"
          ? [`${parameter.name} missing`]
          : [];
      }
      const key = `${operation.id} ${parameter.place} ${parameter.name}`;
      const value = fromText(given, this.#resolve(parameter.schema));
      return this.#problems(key, parameter.schema, value, parameter.name);
    });
    const names = new Set(operation.parameters.map(({ name }) => name));
    const unknown = [...query.keys()]
      .filter((name) => !names.has(name.replace(/\[\]$/, "")))
      .map((name) => `query parameter ${name} is not in the description`);

    const content = at(this.#resolve(operation.definition["requestBody"]), "content");
    const schema = at(content, "application/json", "schema");
    if (!isFields(schema)) {
      const empty = body === undefined || Object.keys(fields(body)).length === 0;
      return { refused, unknown: empty ? unknown : [...unknown, "takes no body"] };
    }
    const required = at(this.#resolve(operation.definition["requestBody"]), "required") === true;
    if (body === undefined) {
      return { refused: required ? [...refused, "body missing"] : refused, unknown };
    }
    return {
      refused: [...refused, ...this.#problems(`${operation.id} request`, schema, body, "body")],
      unknown: [...unknown, ...this.#unknownProperties(schema, body, "body")],
    };
  }

  /** What is wrong with a response. A status the description leaves out must be an ordinary error. */
  responseProblems(
    operation: Operation,
    status: number,
    type: string | undefined,
    body: unknown,
  ): readonly string[] {
    const described = fields(operation.definition["responses"])[String(status)];
    if (described === undefined) {
      if (status < 400 && status !== 301 && status !== 304 && status !== 307) {
        return [`status ${status} is not in the description`];
      }
      return typeof at(body, "message") === "string" || status < 400
        ? []
        : [`error ${status} has no message`];
    }
    const content = fields(at(this.#resolve(described), "content"));
    const media = content[type ?? "application/json"] ?? content["application/json"];
    const schema = at(media, "schema");
    if (!isFields(schema) || (type !== undefined && content[type] === undefined)) return [];
    const key = `${operation.id} ${status} ${type ?? ""}`;
    return this.#problems(key, schema, body, "response");
  }

  /** What is wrong with a webhook's payload; `name` is for example `pull-request-opened`. */
  webhookProblems(name: string, payload: unknown): readonly string[] {
    const webhook = at(this.#document, "x-webhooks", name, "post", "requestBody");
    const schema = at(this.#resolve(webhook), "content", "application/json", "schema");
    if (!isFields(schema)) return [`webhook ${name} is not in the description`];
    return this.#problems(`webhook ${name}`, schema, payload, "payload");
  }

  /**
   * A valid object of a component schema, with the least in it: required properties only, null where
   * allowed. Factories lay what matters over it, and stay short.
   */
  example(schema: string, overrides: Fields = {}): Fields {
    let sample = this.#samples.get(schema);
    if (sample === undefined) {
      sample = fields(this.#sample({ $ref: `#/components/schemas/${schema}` }));
      this.#samples.set(schema, sample);
    }
    return { ...sample, ...overrides };
  }

  #template(template: string, methods: Fields): Template & { readonly rank: number } {
    const names: string[] = [];
    const byMethod = new Map<string, Operation>();
    const multi = new Set<string>();
    for (const [method, value] of Object.entries(methods)) {
      const definition = fields(value);
      const parameters = (list(definition, "parameters") ?? []).map((given) => {
        const parameter = this.#resolve(given);
        const name = text(parameter, "name") ?? "";
        if (parameter["x-multi-segment"] === true) multi.add(name);
        return {
          name,
          place: text(parameter, "in") ?? "",
          required: parameter["required"] === true,
          schema: fields(parameter["schema"]),
        };
      });
      byMethod.set(method.toUpperCase(), {
        id: text(definition, "operationId") ?? "",
        method: method.toUpperCase(),
        template,
        parameters,
        notifies: at(definition, "x-github", "triggersNotification") === true,
        definition,
      });
    }
    const source = template
      .split(/(\{[^}]+\})/)
      .map((part) => {
        if (!part.startsWith("{")) return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
        const name = part.slice(1, -1);
        names.push(name);
        // The root directory is the contents path left empty.
        if (name === "path") return "(.*?)";
        return multi.has(name) ? "(.+?)" : "([^/]+)";
      })
      .join("");
    // Longer templates first, then those with fewer parameters, so that literal segments win.
    const rank = template.split("/").length * 100 - names.length - (multi.size > 0 ? 50 : 0);
    return { pattern: new RegExp(`^${source}$`), names, byMethod, rank };
  }

  #resolve(value: unknown): Fields {
    const reference = at(value, "$ref");
    if (typeof reference !== "string") return fields(value);
    return this.#resolve(at(this.#document, ...reference.slice(2).split("/")));
  }

  #problems(key: string, schema: Fields, value: unknown, name: string): readonly string[] {
    let validator = this.#validators.get(key);
    if (validator === undefined) {
      validator = this.#ajv.compile(fields(this.#toJsonSchema(schema, "")));
      this.#validators.set(key, validator);
    }
    return validator(value) ? [] : readable(validator.errors ?? [], name);
  }

  #toJsonSchema(value: unknown, owner: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#toJsonSchema(item, owner));
    if (!isFields(value)) return value;
    const reference = text(value, "$ref");
    if (reference !== undefined) return { $ref: this.#component(reference) };

    const {
      nullable,
      discriminator: _,
      example: __,
      examples: ___,
      description: ____,
      ...rest
    } = value;
    const schema: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(rest)) {
      if (key === "properties") schema[key] = this.#properties(fields(inner), owner);
      else if (key === "enum" || key === "required" || key === "default") schema[key] = inner;
      else schema[key] = this.#toJsonSchema(inner, owner);
    }
    if (nullable !== true) return schema;
    return { anyOf: [{ type: "null" }, schema] };
  }

  #properties(given: Fields, owner: string): Fields {
    return Object.fromEntries(
      Object.entries(given).map(([name, inner]) => {
        const path = `${owner}.${name}`;
        const schema = this.#toJsonSchema(inner, path);
        const nullable = NULL_ALLOWED.has(path);
        return [name, nullable ? { anyOf: [{ type: "null" }, schema] } : schema];
      }),
    );
  }

  /** Registers a component once and gives the name that Ajv knows it by. */
  #component(reference: string): string {
    const name = reference.slice(reference.lastIndexOf("/") + 1);
    const key = `/${name}`;
    if (!this.#known.has(key)) {
      this.#known.add(key);
      const schema = this.#toJsonSchema(this.#resolve({ $ref: reference }), name);
      this.#ajv.addSchema(fields(schema), key);
    }
    return key;
  }

  /** GitHub ignores properties it does not know; for us they are typing errors. */
  #unknownProperties(given: Fields, value: unknown, name: string): readonly string[] {
    const schema = this.#resolve(given);
    if (Array.isArray(value)) {
      const items = fields(schema["items"]);
      return value.flatMap((item, i) => this.#unknownProperties(items, item, `${name}/${i}`));
    }
    const properties = schema["properties"];
    if (!isFields(value) || !isFields(properties)) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
      const known = properties[key];
      if (isFields(known)) return this.#unknownProperties(known, inner, `${name}/${key}`);
      return schema["additionalProperties"] ? [] : [`${name}/${key} is not in the description`];
    });
  }

  #sample(given: unknown): unknown {
    const schema = this.#resolve(given);
    if (schema["nullable"] === true) return null;
    if (Array.isArray(schema["enum"])) return schema["enum"][0];
    const all = list(schema, "allOf");
    if (all) return Object.assign({}, ...all.map((part) => fields(this.#sample(part))));
    const some = list(schema, "oneOf") ?? list(schema, "anyOf");
    if (some && schema["type"] !== "object") return this.#sample(some[0]);
    switch (schema["type"]) {
      case "string":
        return sampleText(text(schema, "format"));
      case "integer":
      case "number":
        return schema["minimum"] ?? 0;
      case "boolean":
        return false;
      case "array":
        return [];
      default: {
        const required = Array.isArray(schema["required"]) ? schema["required"] : [];
        const properties = fields(schema["properties"]);
        return Object.fromEntries(
          required.map((name) => [String(name), this.#sample(properties[String(name)])]),
        );
      }
    }
  }
}

function sampleText(format: string | undefined): string {
  if (format === "date-time") return "2020-01-01T00:00:00Z";
  if (format === "uri") return "https://api.github.com/";
  return "";
}

/** Query and path parameters are text; this reads them as their schema wants. */
function fromText(given: string, schema: Fields): unknown {
  if (schema["type"] === "integer") return /^-?\d+$/.test(given) ? Number(given) : given;
  if (schema["type"] === "boolean")
    return given === "true" ? true : given === "false" ? false : given;
  if (schema["type"] === "array") return given.split(",");
  return given;
}

function readable(errors: readonly ErrorObject[], name: string): readonly string[] {
  const worth = errors.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "oneOf");
  return (worth.length > 0 ? worth : errors).slice(0, 5).map((error) => {
    const extra = error.params["additionalProperty"] ?? error.params["allowedValues"] ?? "";
    return `${name}${error.instancePath} ${error.message ?? "is invalid"} ${extra}`.trim();
  });
}
