/**
 * GraphQL as used: real documents, validated and executed against GitHub's published schema
 * (`@octokit/graphql-schema`). A field that the resolvers do not know is a violation, never a silent
 * null.
 */

import {
  buildASTSchema,
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
} from "graphql";
import { type Fields, fields, integer, isFields, text } from "./json.ts";
import { type GraphqlContext, rootValue } from "./resolvers.ts";
import type { Token, World } from "./state.ts";

interface GraphqlRequest {
  readonly api: string;
  readonly token: Token;
  readonly world: World;
  readonly body: Fields;
  readonly rateLimit: Fields;
  /** Told of everything that the schema or the stand-in does not know. */
  readonly violation: (message: string) => void;
}

interface GraphqlAnswer {
  readonly status: number;
  readonly body: Fields;
}

let built: Promise<GraphQLSchema> | undefined;

/** The schema, built at the first query. */
function githubSchema(): Promise<GraphQLSchema> {
  built ??= import("@octokit/graphql-schema").then(({ schema }) => {
    const ast = parse(schema.idl, { noLocation: true });
    return buildASTSchema(ast, { assumeValid: true, assumeValidSDL: true });
  });
  return built;
}

/** Answers `POST /graphql`: always 200 with `errors`, but for a query that reads too much (502). */
export async function answerGraphql(request: GraphqlRequest): Promise<GraphqlAnswer> {
  const { body, world, violation } = request;
  const refuse = (errors: readonly GraphQLError[]): GraphqlAnswer => {
    for (const error of errors) violation(`graphql: ${error.message}`);
    return { status: 200, body: { errors: errors.map(errorObject) } };
  };
  let document: DocumentNode;
  try {
    document = parse(text(body, "query") ?? "");
  } catch (error) {
    if (error instanceof GraphQLError) return refuse([error]);
    throw error;
  }
  const schema = await githubSchema();
  const problems = validate(schema, document);
  if (problems.length > 0) return refuse(problems);

  const variables = fields(body["variables"]);
  const nodes = countNodes(document, variables);
  if (nodes > world.limits.graphqlNodes) {
    const message = `This query requests up to ${nodes} possible nodes which exceeds the maximum limit of ${world.limits.graphqlNodes}.`;
    return { status: 200, body: { errors: [{ type: "MAX_NODE_LIMIT_EXCEEDED", message }] } };
  }

  const context: GraphqlContext = { ...request, read: { objects: 0, bytes: 0 } };
  const operationName = text(body, "operationName");
  const result = await execute({
    schema,
    document,
    rootValue: rootValue(context),
    contextValue: context,
    variableValues: variables,
    fieldResolver: resolveField,
    ...(operationName === undefined ? {} : { operationName }),
  });
  const { objects, bytes } = context.read;
  if (objects > world.limits.graphqlObjects || bytes > world.limits.graphqlBytes) {
    const message =
      "Something went wrong while executing your query. This may be the result of a timeout.";
    return { status: 502, body: { data: null, errors: [{ message }] } };
  }
  for (const error of result.errors ?? []) {
    // Refusals that GitHub makes too carry a type; anything else is a mistake in test or stand-in.
    if (typeof error.extensions["type"] !== "string") violation(`graphql: ${error.message}`);
  }
  return {
    status: 200,
    body: {
      data: result.data ?? null,
      ...(result.errors ? { errors: result.errors.map(errorObject) } : {}),
    },
  };
}

const resolveField: GraphQLFieldResolver<unknown, GraphqlContext> = (
  source,
  args,
  context,
  info,
) => {
  const { fieldName, parentType } = info;
  if (!isFields(source) || !(fieldName in source)) {
    throw new GraphQLError(`the stand-in does not know ${parentType.name}.${fieldName}`);
  }
  const value = source[fieldName];
  return typeof value === "function" ? value(args, context, info) : value;
};

/** GitHub puts the type of an error beside its message. */
function errorObject(error: GraphQLError): Fields {
  const { message, locations, path, extensions } = error;
  const type = extensions["type"];
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(path ? { path } : {}),
    ...(locations ? { locations } : {}),
    message,
  };
}

/** Nodes that a document may return at most (docs, GraphQL node limit). */
function countNodes(document: DocumentNode, variables: Fields): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
  }
  const count = (selections: SelectionSetNode | undefined, factor: number): number => {
    let sum = 0;
    for (const selection of selections?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        sum += count(fragments.get(selection.name.value)?.selectionSet, factor);
        continue;
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        sum += count(selection.selectionSet, factor);
        continue;
      }
      const bound = selection.arguments?.find(({ name }) => ["first", "last"].includes(name.value));
      const { value } = bound ?? {};
      let size = 0;
      if (value?.kind === Kind.INT) size = Number(value.value);
      if (value?.kind === Kind.VARIABLE) size = integer(variables, value.name.value) ?? 0;
      sum += size * factor + count(selection.selectionSet, factor * Math.max(size, 1));
    }
    return sum;
  };
  return document.definitions.reduce(
    (sum, definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? sum + count(definition.selectionSet, 1) : sum,
    0,
  );
}
