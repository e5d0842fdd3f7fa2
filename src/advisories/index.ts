/** Where advisories come from, one file each. All of them do what the port in `dependencies/advisory.ts` says. */
export { changedPackages, crossChecked } from "./dependency-review.ts";
export { downloadExport, exportedEcosystems } from "./export.ts";
export { fileAdvisories, readCollection } from "./file.ts";
export { type AdvisoryPages, advisoryPages, githubAdvisories, listable } from "./github.ts";
export { NoAnswer } from "./http.ts";
export { osvAdvisories } from "./osv.ts";
