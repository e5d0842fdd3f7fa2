/**
 * The GitHub App: webhooks in, jobs out, one review and one check run each.
 *
 * Why a server of our own around Probot: Probot's own starts with a secret that everybody knows, logs what it sends to GitHub, and
 * ends without waiting for what is running. What remains of Probot is the part that is hard: signatures, tokens, limits.
 */
import type { Probot } from "probot";
import { listen } from "./events.ts";
import { queueFor } from "./server.ts";
import { readSettings } from "./settings.ts";

export { createLog } from "./log.ts";
export { LimitedOctokit } from "./octokit.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
export { readSettings, type Settings, SettingsError } from "./settings.ts";

/** For Probot's own ways to run an App (`probot run`, serverless adapters). `npm start` has its own, see `main.ts`. */
export default function portcullis(app: Probot): void {
  const settings = readSettings(process.env);
  listen(app, queueFor(app, settings), settings.appId);
}
