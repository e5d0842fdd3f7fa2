import packageJson from "../../package.json" with { type: "json" };

/** Portcullis's own version, from package.json. */
export const version = packageJson.version;
