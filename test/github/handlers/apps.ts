/** The App itself: its tokens, its installation, its rate limit. */

import { randomBytes } from "node:crypto";
import {
  type Call,
  created,
  type Handlers,
  notFound,
  numberParameter,
  ok,
  Refusal,
} from "../call.ts";
import { apiDescription } from "../description.ts";
import { type Fields, fields } from "../json.ts";
import { appObject, repositoryObject, userObject } from "../objects.ts";
import type { Permissions, World } from "../state.ts";

export const apps: Handlers = {
  "apps/get-authenticated": { needs: [], by: "app", answer: (call) => ok(appObject(call)) },
  "apps/list-installations": {
    needs: [],
    by: "app",
    answer: (call) => ok([installationObject(call)]),
  },
  "apps/get-installation": {
    needs: [],
    by: "app",
    answer: (call) => {
      if (numberParameter(call, "installation_id") !== call.world.installationId) throw notFound();
      return ok(installationObject(call));
    },
  },
  "apps/get-repo-installation": {
    needs: [],
    by: "app",
    answer: (call) => ok(installationObject(call)),
  },
  "apps/create-installation-access-token": {
    needs: [],
    by: "app",
    answer: (call) => {
      const { world } = call;
      if (numberParameter(call, "installation_id") !== world.installationId) throw notFound();
      const wanted = call.body["permissions"];
      const permissions =
        wanted === undefined ? world.permissions : narrowed(world, fields(wanted));
      const token = installationToken(world, permissions);
      // One hour (docs, generating an installation access token).
      const expires = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, "");
      return created({
        token,
        expires_at: expires,
        permissions,
        repository_selection: "all",
      });
    },
  },
  "apps/list-repos-accessible-to-installation": {
    needs: [],
    answer: (call) => {
      const repositories = call.world.repositories.map((repository) =>
        repositoryObject({ ...call, repository }, "repository"),
      );
      return ok({ total_count: repositories.length, repositories });
    },
  },
  "rate-limit/get": { needs: [], by: "anyone", answer: (call) => ok(call.rateLimits()) },
};

/** Registers a new token of the App's installation. */
export function installationToken(world: World, permissions: Permissions): string {
  const token = `ghs_${randomBytes(18).toString("hex")}`;
  const actor = { login: world.botLogin, appId: world.app.id };
  world.tokens.set(token, { actor, permissions, kind: "installation" });
  return token;
}

function narrowed(world: World, wanted: Fields): Permissions {
  const entries = Object.entries(wanted).map(([name, access]) => {
    const granted = world.permissions[name];
    const level = access === "write" ? "write" : "read";
    if (granted === undefined || (level === "write" && granted === "read")) {
      throw new Refusal(422, "The permissions requested are not granted to this installation.");
    }
    return [name, level] as const;
  });
  return Object.fromEntries(entries);
}

function installationObject(call: Call): Fields {
  const { api, world } = call;
  const { installationId, app } = world;
  return apiDescription().example("installation", {
    id: installationId,
    app_id: app.id,
    app_slug: app.slug,
    account: userObject(api, call.world.repositories[0]?.owner ?? app.owner),
    target_type: "Organization",
    repository_selection: "all",
    access_tokens_url: `${api}/app/installations/${installationId}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    permissions: { ...world.permissions },
    events: [],
  });
}
