/** Settings that are written as an address: `postgres://user:password@host/name` for a database, and its like for caches and mail. */
import type { AddressForm } from "../../core/models.ts";
import { ownValue } from "../../core/own-value.ts";
import { dict } from "./containers.ts";
import { type Arguments, constant, derived, type Site, truth, type Value } from "./values.ts";

const ADDRESS =
  /^(?<scheme>[a-z0-9+]{1,40}):\/\/(?:(?<user>[^:/?#]*)(?::(?<password>[^/?#]*))?@)?(?<host>[^:/?#@]*)(?::(?<port>\d{1,5}))?(?:\/(?<name>[^?#]*))?(?:\?(?<query>[^#]*))?/i;

/** The entries of a setting that is written as an address: a database, a cache. */
export function fromAddress(url: string, form: AddressForm, site: Site, whole?: Value): Value {
  const groups = ADDRESS.exec(url)?.groups ?? {};
  const written = (groups["scheme"] ?? "").toLowerCase();
  const backend =
    ownValue(form.schemes, written) ?? ownValue(form.schemes, written.replace(/\+.*$/, ""));
  if (backend === undefined) return dict(new Map(), site, true);
  const entries = [
    [form.backend, backend] as const,
    ...Object.entries(ownValue(form.also, written) ?? {}),
    ...Object.entries(form.parts).map(
      ([key, part]) =>
        [
          key,
          part === "address"
            ? `${ownValue(form.renames, written) ?? written}${url.slice(written.length)}`
            : part === "port"
              ? portOf(groups[part])
              : unquoted(groups[part] ?? ""),
        ] as const,
    ),
  ];
  const made = new Map<string, { key: Value; value: Value }>(
    entries.map(([key, value]) => [
      `s${key}`,
      {
        key: constant(key, site),
        value:
          whole === undefined || key === form.backend
            ? constant(value, site)
            : derived([whole], site),
      },
    ]),
  );
  const options = new URLSearchParams(groups["query"] ?? "");
  if (form.options !== undefined && (whole !== undefined || options.size > 0)) {
    const listed = [...options].map(
      ([key, value]) =>
        [`s${key}`, { key: constant(key, site), value: constant(value, site) }] as const,
    );
    const value = dict(new Map(listed), site, whole !== undefined);
    made.set(`s${form.options}`, { key: constant(form.options, site), value });
  }
  return dict(made, site);
}

/** `%40` as the character that it stands for. */
function unquoted(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function portOf(port: string | undefined): number | string {
  return port === undefined ? "" : Number(port);
}

/** The entries with those that further arguments of the call ask for: `parse(url, conn_max_age=60)`. */
export function withArguments(
  value: Value,
  form: AddressForm,
  given: Arguments,
  site: Site,
): Value {
  if (value.kind !== "dict" || given.keywords.size === 0) return value;
  const entries = new Map(value.contents.content.entries);
  const put = (name: string, one: Value) =>
    entries.set(`s${name}`, { key: constant(name, site), value: one });
  for (const [name, one] of given.keywords) {
    const key = ownValue(form.arguments, name);
    if (key !== undefined) put(key, one);
    const isOn = Object.hasOwn(form.flags, name) ? truth(one) : false;
    if (isOn === false || form.options === undefined) continue;
    const options = entries.get(`s${form.options}`)?.value;
    const listed = options?.kind === "dict" ? options.contents.content : undefined;
    const added = Object.entries(ownValue(form.flags, name) ?? {}).map(
      ([option, word]) =>
        [
          `s${option}`,
          {
            key: constant(option, site),
            value: isOn ? constant(word, site) : derived([one], site),
          },
        ] as const,
    );
    const all = new Map([...(listed?.entries ?? []), ...added]);
    put(form.options, dict(all, site, listed?.open));
  }
  return dict(entries, site, value.contents.content.open);
}
