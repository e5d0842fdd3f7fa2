/** A bill of materials in CycloneDX 1.6 (ECMA-424), by the library of its makers: components, and what is known to affect them. */
import type { Component, Vulnerability } from "@cyclonedx/cyclonedx-library/Models";
import type { AdvisoryFact } from "../core/finding.ts";
import type { Ecosystem } from "../dependencies/index.ts";
import type { Dependency } from "../review/index.ts";

const types: Readonly<Record<Ecosystem, string>> = {
  PyPI: "pypi",
  npm: "npm",
  Go: "golang",
  RubyGems: "gem",
  "crates.io": "cargo",
  Packagist: "composer",
  "GitHub Actions": "githubactions",
  Docker: "docker",
};

/** Loaded when somebody wants a bill: it would double the time that every start takes. */
async function loadLibrary() {
  const [enums, models, serialize, spec, spdx, { PackageURL }] = await Promise.all([
    import("@cyclonedx/cyclonedx-library/Enums"),
    import("@cyclonedx/cyclonedx-library/Models"),
    import("@cyclonedx/cyclonedx-library/Serialize"),
    import("@cyclonedx/cyclonedx-library/Spec"),
    import("@cyclonedx/cyclonedx-library/SPDX"),
    import("packageurl-js"),
  ]);
  return { enums, models, serialize, spec, spdx, PackageURL };
}
type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** One component for each package and version, wherever it is named. The same dependencies give the same text: it holds no date. */
export async function cycloneDx(
  dependencies: readonly Dependency[],
  tool: { readonly version: string },
): Promise<string> {
  const library = await loadLibrary();
  const { enums, models, serialize, spec } = library;
  const bom = new models.Bom();
  bom.metadata.tools.components.add(
    new models.Component(enums.ComponentType.Application, "portcullis", { version: tool.version }),
  );
  const components = new Map<string, Component>();
  const flaws = new Map<string, Flaw>();
  for (const one of dependencies) {
    const purl = purlOf(one, library);
    const component = components.get(purl) ?? toComponent(one, purl, library);
    components.set(purl, component);
    component.properties.add(new models.Property("portcullis:file", `${one.file}:${one.line}`));
    for (const fact of one.advisories ?? []) {
      const flaw = flaws.get(fact.id) ?? { fact, affected: new Set(), reasons: new Set() };
      flaw.affected.add(component);
      flaw.reasons.add(fact.allowed?.reason);
      flaws.set(fact.id, flaw);
    }
  }
  for (const component of components.values()) bom.components.add(component);
  for (const flaw of flaws.values()) bom.vulnerabilities.add(toVulnerability(flaw, library));
  const serializer = new serialize.JsonSerializer(
    new serialize.JSON.Normalize.Factory(spec.Spec1dot6),
  );
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function toComponent(
  { name, version, licence }: Dependency,
  purl: string,
  { enums, models, spdx }: Library,
): Component {
  const component = new models.Component(enums.ComponentType.Library, name, {
    bomRef: purl,
    purl,
    ...(version !== undefined && { version }),
  });
  if (licence !== undefined)
    component.licenses.add(
      spdx.isSupportedSpdxId(licence)
        ? new models.SpdxLicense(licence)
        : new models.NamedLicense(licence),
    );
  return component;
}

/** A package URL (https://github.com/package-url/purl-spec). */
function purlOf({ ecosystem, name, version }: Dependency, { PackageURL }: Library): string {
  const parts = name.split("/");
  const last = parts.pop() ?? name;
  return new PackageURL(
    types[ecosystem],
    parts.join("/"),
    last,
    version,
    undefined,
    undefined,
  ).toString();
}

const shown = { critical: "Critical", high: "High", medium: "Medium", low: "Low" } as const;

interface Flaw {
  readonly fact: AdvisoryFact;
  readonly affected: Set<Component>;
  /** Why it is allowed, undefined where it is not. */
  readonly reasons: Set<string | undefined>;
}

function toVulnerability(
  { fact, affected, reasons }: Flaw,
  { enums, models }: Library,
): Vulnerability.Vulnerability {
  const vulnerability = new models.Vulnerability.Vulnerability({
    id: fact.id,
    bomRef: fact.id,
    source: new models.Vulnerability.Source({ url: fact.url }),
    description: fact.summary,
    ...(fact.fixed !== undefined && { recommendation: `Move to ${fact.fixed}.` }),
  });
  if (fact.severity !== undefined)
    vulnerability.ratings.add(
      new models.Vulnerability.Rating({
        severity: enums.Vulnerability.Severity[shown[fact.severity]],
      }),
    );
  // Where it counts at one place, nobody has decided.
  if (!reasons.has(undefined))
    vulnerability.analysis = new models.Vulnerability.Analysis({
      detail: [...reasons].join("\n"),
      response: new enums.Vulnerability.AnalysisResponseRepository([
        enums.Vulnerability.AnalysisResponse.WillNotFix,
      ]),
    });
  for (const { bomRef } of affected)
    vulnerability.affects.add(new models.Vulnerability.Affect(bomRef));
  return vulnerability;
}
