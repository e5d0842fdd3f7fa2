import packageJson from "../../package.json" with { type: "json" };

/** Portcullis's own version, from package.json. */
export const version = packageJson.version;

/** The day in UTC as `YYYY-MM-DD`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
