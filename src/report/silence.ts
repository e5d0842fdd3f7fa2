import { CONFIG_PATH } from "../core/config.ts";
import type { Finding, Location } from "../core/finding.ts";
import type { Suppression } from "../review/index.ts";

/** What to write to silence a finding, and where, as the end of a sentence that begins with "To silence it,". */
export function howToSilence(finding: Finding): { readonly write: string; readonly where: string } {
  const comment = `# portcullis: ignore[${finding.ruleId}] the reason`;
  if (!finding.absence && /\.pyi?$/.test(finding.path)) {
    return { write: comment, where: "at the end of the line" };
  }
  if (!finding.absence && /\.(?:html?|djhtml|jinja2?|j2)$/.test(finding.path)) {
    return { write: `{${comment} #}`, where: "at the end of the line" };
  }
  const where = `under \`allow\` in \`${CONFIG_PATH}\` on the base branch`;
  return (
    ofAdvisories(finding, where) ?? {
      write: `{ fingerprint: "${finding.fingerprint}", reason: "the reason" }`,
      where,
    }
  );
}

/** By advisory, which says what is accepted and holds for every version and file; undefined where a name would have to be quoted. */
function ofAdvisories({ package: fact }: Finding, where: string) {
  if (fact === undefined) return undefined;
  const { name, advisories } = fact;
  const [{ id }] = advisories;
  if (!/^[\w@./+-]+$/.test(name) || !/^[\w.-]+$/.test(id)) return undefined;
  return {
    write: `{ advisory: "${id}", package: "${name}", reason: "the reason" }`,
    where:
      advisories.length === 1
        ? where
        : `${where}, and an entry like it for each of the other advisories`,
  };
}

/** Who silenced a finding, in words of ours (`code` in backticks), and where the comment stands. */
export function silencedBy(by: Suppression): { readonly who: string; readonly at?: Location } {
  switch (by.kind) {
    case "comment": {
      const comment = by.dialect === "portcullis" ? "portcullis: ignore" : by.dialect;
      return { who: `a \`# ${comment}\` comment`, at: by.at };
    }
    case "configuration":
      return {
        who:
          by.expires === undefined ? "the configuration" : `the configuration until ${by.expires}`,
      };
    case "dismissal":
      return { who: `@${by.who}, who dismissed it` };
    default:
      return by satisfies never;
  }
}
