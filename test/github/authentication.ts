/** Who sends a request, and whether they may: App tokens (JWT), installation and Actions tokens. */

import { createVerify } from "node:crypto";
import { type Handler, Refusal } from "./call.ts";
import { integer, parseFields } from "./json.ts";
import type { Token, World } from "./state.ts";

const ANYONE: Token = {
  actor: { login: "anonymous", appId: undefined },
  permissions: {},
  kind: "user",
};

export function authenticate(world: World, header: string | undefined, by: Handler["by"]): Token {
  const given = /^(?:bearer|token)\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (given === undefined) {
    if (by === "anyone") return ANYONE;
    throw new Refusal(401, "Requires authentication");
  }
  if (given.split(".").length === 3) {
    if (by === "app" || by === "anyone") return appToken(world, given);
    throw new Refusal(403, "Resource not accessible by integration");
  }
  const token = world.tokens.get(given);
  if (token === undefined) throw new Refusal(401, "Bad credentials");
  if (by === "app") throw new Refusal(401, "A JSON web token could not be decoded");
  return token;
}

export function authorize(handler: Handler, token: Token): void {
  if (handler.needs.length === 0) return;
  const isGranted = handler.needs.some(({ permission, access }) => {
    const granted = token.permissions[permission];
    return permission === "metadata" || granted === "write" || granted === access;
  });
  if (!isGranted) throw new Refusal(403, "Resource not accessible by integration");
}

/** Docs, generating a JSON Web Token for a GitHub App: RS256, at most ten minutes ahead. */
function appToken(world: World, jwt: string): Token {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const claims = parseFields(Buffer.from(payload, "base64url").toString());
  const isSigned = createVerify("RSA-SHA256")
    .update(`${header}.${payload}`)
    .verify(world.keys.publicKey, Buffer.from(signature, "base64url"));
  if (!isSigned) throw new Refusal(401, "A JSON web token could not be decoded");
  const seconds = Date.now() / 1000;
  const expires = integer(claims, "exp") ?? 0;
  if (expires > seconds + 600 + 5) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (expires < seconds) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (String(claims["iss"]) !== String(world.app.id))
    throw new Refusal(404, "Integration not found");
  const actor = { login: world.botLogin, appId: world.app.id };
  return { actor, permissions: world.permissions, kind: "app" };
}
