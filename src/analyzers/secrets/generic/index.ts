/** Secrets that have no form of their own: known by their names, by the address they stand in, or by what they are used for. */
export { ArgumentMatch, findArguments } from "./arguments.ts";
export { isReadByLines } from "./formats.ts";
export { findNamed, NamedMatch } from "./named.ts";
export { findUrls, UrlMatch } from "./urls.ts";
