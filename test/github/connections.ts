/** GraphQL's lists in pages, and its refusals. */

import { GraphQLError } from "graphql";
import { type Fields, integer, text } from "./json.ts";

/** An error as GitHub makes it, with a type. */
export function refusal(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** A page of 1 to 100; a size is required (docs, GraphQL pagination). */
export async function connection<T>(
  args: Fields,
  name: string,
  all: readonly T[],
  show: (item: T) => Fields | Promise<Fields>,
): Promise<Fields> {
  const first = integer(args, "first");
  const last = integer(args, "last");
  const size = first ?? last;
  if (size === undefined) {
    throw refusal(
      "MISSING_PAGINATION_BOUNDARIES",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  if (size < 1 || size > 100) {
    throw refusal(
      "EXCESSIVE_PAGINATION",
      `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`,
    );
  }
  const after = text(args, "after");
  const before = text(args, "before");
  const low = after === undefined ? 0 : indexOf(after) + 1;
  const high = before === undefined ? all.length : indexOf(before);
  const start = first === undefined ? Math.max(high - size, low) : low;
  const end = Math.min(start + size, high);
  const nodes = await Promise.all(all.slice(start, end).map(show));
  return {
    totalCount: all.length,
    nodes,
    edges: nodes.map((node, i) => ({ node, cursor: cursor(start + i) })),
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursor(start) : null,
      endCursor: nodes.length > 0 ? cursor(end - 1) : null,
    },
  };
}

function cursor(index: number): string {
  return Buffer.from(`cursor:${index}`).toString("base64");
}

function indexOf(given: string): number {
  return Number(Buffer.from(given, "base64").toString().slice("cursor:".length));
}
