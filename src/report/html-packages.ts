/** The part of the page about packages: what somebody who has to plan their updates reads first. */
import type { Finding, PackageFact } from "../core/finding.ts";
import { advisoryNotes } from "../dependencies/index.ts";
import { type Markup, markup, type Part } from "./markup.ts";
import { howMany } from "./summary.ts";

/** A finding of the page with the place of its details, where it has any. */
export interface Row {
  readonly finding: Finding;
  readonly anchor?: string;
}

type PackageRow = Row & { readonly finding: { readonly package: PackageFact } };

/** Links to advisories in one cell; the details have all. */
const MAX_LINKED = 3;

/** True for findings that stand in the table of packages. */
export function isPackageRow(row: Row): row is PackageRow {
  return row.finding.package !== undefined;
}

/** A sentence and a table; the parts that the page draws alike everywhere are handed over. */
export function packageTable(
  rows: readonly PackageRow[],
  draw: {
    readonly badge: (finding: Finding) => Part;
    readonly place: (finding: Finding) => Part;
    readonly link: (address: string, name: string) => Part;
  },
): Markup {
  const facts = rows.map(({ finding }) => finding.package);
  const lines = rows.map(({ finding, anchor }) => {
    const { name, version, target, scope, wayIn = [], advisories } = finding.package;
    const linked = advisories.slice(0, MAX_LINKED).map((one) => {
      const notes = advisoryNotes(one).join(", ");
      return markup`<li>${draw.link(one.url, one.id)}${notes !== "" && markup` <span class="soft">${notes}</span>`}</li>`;
    });
    const rest = advisories.length - linked.length;
    const above = wayIn.slice(0, -1);
    return markup`<tr><td>${draw.badge(finding)}</td><td>${anchor === undefined ? name : markup`<a href="#${anchor}">${name}</a>`}${above.length > 0 && markup`<br><span class="soft">by ${above.join(" → ")}</span>`}</td><td>${version ?? "a range"}</td><td>${target ?? "no fixed version"}</td><td><ul class="plain">${linked}${rest > 0 && markup`<li class="soft">… and ${rest} more</li>`}</ul></td><td>${scope}</td><td>${draw.place(finding)}</td></tr>\n`;
  });
  return markup`<p>${summaryOf(facts)}</p>
<div class="wide"><table>
<thead><tr><th scope="col">Severity</th><th scope="col">Package</th><th scope="col">Installed</th><th scope="col">Move to</th><th scope="col">Advisories</th><th scope="col">Scope</th><th scope="col">Place</th></tr></thead>
<tbody>
${lines}</tbody>
</table></div>`;
}

/** How much there is to do, in one sentence. */
function summaryOf(facts: readonly PackageFact[]): string {
  const packages = new Set(facts.map(({ ecosystem, name }) => `${ecosystem} ${name}`));
  const flaws = new Map(
    facts.flatMap(({ advisories }) => advisories.map((one) => [one.id, one] as const)),
  );
  const exploited = [...flaws.values()].filter((one) => one.exploited === true).length;
  const stuck = facts.filter(({ target }) => target === undefined).length;
  return [
    `${howMany(packages.size, "package")} with ${howMany(flaws.size, "published flaw")}`,
    exploited > 0 ? `${exploited} of them known to be exploited` : "",
    stuck === 0 ? "a version to move to for each" : `no fixed version for ${stuck}`,
  ]
    .filter((part) => part !== "")
    .join(", ")
    .concat(".");
}
