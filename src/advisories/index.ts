/** Where advisories come from, one file each. All of them do what the port in `dependencies/advisory.ts` says. */
export { fileAdvisories, readCollection } from "./file.ts";
