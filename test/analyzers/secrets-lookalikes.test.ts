import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { ruleFiles } from "#rules";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { loadRules, makeUp } from "../../src/rules/index.ts";
import { scanOf } from "../support/review.ts";

/** The rules that know secrets by their form: those that know them by their name have tests of their own. */
const rules = loadRules(ruleFiles, matchSchemas)
  .rules.filter(({ match }) => typeof match === "object" && match !== null && "formats" in match)
  .map((rule) => rule.id)
  .concat("secrets/private-key", "secrets/service-account-key");

const HEX32 = makeUp("[0-9a-f]{32}");
const HEX40 = makeUp("[0-9a-f]{40}");
const UUID = makeUp("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
const TOKEN = makeUp("ghp_[A-Za-z0-9]{30}<checksum>");
const AWS_ID = makeUp("AKIA[A-Z2-7]{16}");

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (header: unknown, claims: unknown) =>
  `${part(header)}.${part(claims)}.${makeUp("[A-Za-z0-9]{43}")}`;
const HS256 = { alg: "HS256", typ: "JWT" };

describe("what only looks like a key is not reported:", () => {
  it.each([
    ["a publishable key of Stripe", `STRIPE_KEY = "${makeUp("pk_live_[A-Za-z0-9]{24}")}"`],
    [
      "a public token of Mapbox",
      `mapbox_token = "${makeUp("pk.eyJ[A-Za-z0-9]{60}.[A-Za-z0-9]{22}")}"`,
    ],
    ["a project key of PostHog", `posthog_api_key = "${makeUp("phc_[A-Za-z0-9]{43}")}"`],
    ["a DSN of Sentry", `SENTRY_DSN = "https://${HEX32}@o1.ingest.sentry.io/42"`],
    ["a site key of reCAPTCHA", `RECAPTCHA_SITE_KEY = "${makeUp("6L[A-Za-z0-9]{38}")}"`],
    [
      "the id of a Google client",
      `GOOGLE_CLIENT_ID = "${makeUp("[0-9]{12}-[a-z0-9]{32}.apps.googleusercontent.com")}"`,
    ],
    ["what a form shows in an empty field", `<input placeholder="${TOKEN}">`],
    ["the id of a Discord application", 'DISCORD_CLIENT_ID = "284591037461028374"'],
    ["a key of AWS in the documentation", 'key = "AKIAIOSFODNN7EXAMPLE"'],
    ["its secret", 'AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"'],
    ["the name of a key", 'algolia_api_key_name = "ALGOLIA_ADMIN_KEY_NAME_FOR_PROD_01"'],
    ["the place of a key", 'SLACK_TOKEN_PATH = "/run/secrets/slack-token-of-the-workspace"'],
    ["a reading of the environment", 'heroku_api_key = os.environ["HEROKU_API_KEY"]'],
    ["a hole in a template", 'HEROKU_API_KEY = "{{ heroku_api_key }}"'],
    ["a variable of a shell", `HEROKU_API_KEY="$${"{HEROKU_API_KEY:-}"}"`],
    ["a hash of a file", `algolia_bundle_sha = "${HEX32}"`],
    ["a commit", `- uses: github/codeql-action@${HEX40}`],
    ["the checksum of a package", `--hash=sha256:${makeUp("[0-9a-f]{64}")}`],
    ["the integrity of a script", `integrity="sha384-${makeUp("[A-Za-z0-9+/]{64}")}"`],
    ["an id of a resource", `SHORTCUT_WORKSPACE_ID = "${UUID}"`],
    ["a key of no provider", `cache_key = "${HEX32}"`],
    [
      "a GitHub token with a wrong checksum",
      `token = "${TOKEN.slice(0, -1)}${TOKEN.endsWith("a") ? "b" : "a"}"`,
    ],
    ["the middle of a longer word", `x = "${makeUp("[a-z]{6}")}${TOKEN}${makeUp("[a-z]{6}")}"`],
    ["a token that is too short", `x = "${TOKEN.slice(0, 30)}"`],
    ["a name that begins like a token", "def hf_token_from_environment_or_file(path): ..."],
    ["a class of CSS", '<a class="md-nav__link md-typeset--active"></a>'],
    ["the sample of jwt.io", `x = "${jwt(HS256, { sub: "1234567890", name: "John Doe" })}"`],
    [
      "a token that was valid for an hour",
      `x = "${jwt(HS256, { sub: "user-4711", iat: 1_700_000_000, exp: 1_700_003_600 })}"`,
    ],
    ["a token without an algorithm", `x = "${jwt({ alg: "none" }, { sub: "me-and-you" })}"`],
    [
      "what has three parts and is no token",
      `x = "eyJ${makeUp("[A-Za-z0-9]{30}.eyJ[A-Za-z0-9]{60}.[A-Za-z0-9]{43}")}"`,
    ],
    [
      "a token of a Sentry organisation whose payload is no object",
      `x = "sntrys_eyJ${makeUp("[A-Za-z0-9]{60}_[A-Za-z0-9]{43}")}"`,
    ],
    [
      "base64 that begins like a token and is none",
      `x: ${Buffer.from(`eyJ${makeUp("[A-Za-z0-9]{30}.eyJ[A-Za-z0-9]{60}.[A-Za-z0-9]{43}")}`).toString("base64")}`,
    ],
    [
      "a public key in base64",
      `x: ${Buffer.from(`-----BEGIN PUBLIC KEY-----\n${makeUp("[A-Za-z0-9]{64}")}\n-----END PUBLIC KEY-----\n`).toString("base64")}`,
    ],
    [
      "the first line of a private key in base64",
      `x: ${Buffer.from(`-----BEGIN PRIVATE KEY-----\n${"the key comes here ".repeat(9)}`).toString("base64")}`,
    ],
    [
      "Supabase's key for browsers",
      `x = "${jwt(HS256, { iss: "supabase", role: "anon", ref: "abc" })}"`,
    ],
    [
      "a public key",
      `-----BEGIN PUBLIC KEY-----\n${makeUp("[A-Za-z0-9]{64}")}\n-----END PUBLIC KEY-----`,
    ],
    [
      "a certificate",
      `-----BEGIN CERTIFICATE-----\n${makeUp("[A-Za-z0-9]{64}")}\n-----END CERTIFICATE-----`,
    ],
    [
      "the lines around a private key",
      "-----BEGIN PRIVATE KEY-----\n<the key>\n-----END PRIVATE KEY-----",
    ],
    [
      "a private key of dots",
      `-----BEGIN PRIVATE KEY-----\n${".".repeat(64)}\n-----END PRIVATE KEY-----`,
    ],
    [
      "the end of one key and the beginning of another",
      `a = "-----BEGIN PRIVATE KEY-----"\nb = "-----BEGIN PRIVATE KEY-----"`,
    ],
    ["a commit beside an id of AWS", `# EXAMPLE\nx = "AKIAIOSFODNN7EXAMPLE"\nrev = "${HEX40}"`],
    ["the checksum of a provider's program", `sentry: ${makeUp("[0-9a-f]{64}")}`],
    ["a name for a key made of words", 'cloudinary_api_secret = "cloudinary-api-secret-other"'],
    ["a word that a provider's name ends", `blob_key = "${makeUp("live_[0-9a-f]{35}")}"`],
    [
      "a font in base64 that holds the form of a token",
      `src: url('data:font/truetype;base64,AAEAAAAQ${makeUp("[A-Za-z0-9]{80}")}/EAAA${makeUp("[A-Za-z0-9]{60}")}')`,
    ],
  ])("%s", async (_what, text) => {
    const { new: found } = await scanOf({ "a.py": `${text}\n`, ".env": `${text}\n` }, { rules });
    expect(found.map((one) => `${one.ruleId}: ${one.message}`)).toEqual([]);
  });
});

describe("what a token says of itself is told:", () => {
  const messageOf = async (text: string) => {
    const { new: found } = await scanOf({ "a.py": `${text}\n` }, { rules });
    return found.map((one) => `${one.severity} ${one.confidence} ${one.message}`).join("\n");
  };

  it("the account of an AWS key, from the example of who found it", async () => {
    // https://awsteele.com/blog/2020/09/26/aws-access-key-format.html
    expect(await messageOf(`key = "${["ASIAQNZGKIQY", "56JQ7WML"].join("")}"`)).toContain(
      "account 029608264753",
    );
  });

  it("a right checksum", async () => {
    expect(await messageOf(`x = "${TOKEN}"`)).toContain("checksum right");
  });

  it("that a wrong one makes a GitLab token less sure", async () => {
    const token = makeUp("glpat-[A-Za-z0-9]{27}.01.0r<gitlab-checksum>");
    expect(await messageOf(`x = "${token}"`)).toMatch(/^critical high .*checksum right/);
    const wrong = token.slice(0, -1) + (token.endsWith("a") ? "b" : "a");
    expect(await messageOf(`x = "${wrong}"`)).toMatch(/^critical medium (?!.*checksum right)/);
  });

  it("that a wrong one makes an npm token less sure", async () => {
    expect(await messageOf(`x = "${makeUp("npm_[A-Za-z0-9]{30}<checksum>")}"`)).toMatch(
      /^critical high/,
    );
    expect(await messageOf(`x = "${makeUp("npm_[A-Za-z0-9]{36}")}"`)).toMatch(/^critical medium/);
  });

  it("that a token of Supabase is the service's own", async () => {
    expect(
      await messageOf(`x = "${jwt(HS256, { iss: "supabase", role: "service_role" })}"`),
    ).toMatch(/^critical .*service role/);
  });

  it("a passphrase around a key", async () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${HEX32.toUpperCase()}\n\n${makeUp("[A-Za-z0-9]{64}")}\n${makeUp("[A-Za-z0-9]{64}")}\n-----END RSA PRIVATE KEY-----`;
    expect(await messageOf(`K = """${key}"""`)).toMatch(/^medium .*encrypted/);
  });

  it("the secret that stands beside an id, and not one that stands far away", async () => {
    const secret = makeUp("[A-Za-z0-9+/]{40}");
    expect(await messageOf(`a = "${AWS_ID}"\n\nb = "${secret}"`)).toMatch(
      /critical .*beside its id/,
    );
    expect(await messageOf(`a = "${AWS_ID}"${"\n".repeat(8)}b = "${secret}"`)).not.toContain(
      "beside",
    );
  });
});

it.each([
  ["shop/views.py", "critical"],
  ["tests/test_views.py", "high"],
  ["docs/setup.rst", "low"],
  ["README.md", "low"],
])("counts a key in %s as %s", async (path, severity) => {
  const { new: found } = await scanOf({ [path]: `token = "${TOKEN}"\n` }, { rules });
  expect(found.map((one) => one.severity)).toEqual([severity]);
});

it.each([
  ["certs/server.key", "critical"],
  ["test_project/server.key", "low"],
])("counts a private key in %s as %s", async (path, severity) => {
  const lines = `${makeUp("[A-Za-z0-9]{64}")}\n${makeUp("[A-Za-z0-9]{64}")}`;
  const key = `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
  const { new: found } = await scanOf({ [path]: key }, { rules });
  expect(found.map((one) => one.severity)).toEqual([severity]);
});

it.each([
  ["shop/views.py", "os.environ"],
  [".env.production", "out of git"],
  [".github/workflows/ci.yml", "secret of the repository"],
  ["docker-compose.prod.yml", "when the container starts"],
  ["main.tf", "sensitive variable"],
  ["shop/static/pay.js", "let the server make the call"],
  ["config/app.toml", "secret manager"],
])("says in %s how to keep a key out of such a file", async (path, advice) => {
  const { new: found } = await scanOf({ [path]: `token = "${TOKEN}"\n` }, { rules });
  expect(found.map((one) => one.message).join()).toContain(advice);
});

it("finds a key in a program whatever was read before it", async () => {
  const text = `api_key: ${makeUp("[A-Za-z0-9]{32}")}\n`;
  const program = `API_KEY = "${makeUp("[A-Za-z0-9]{32}")}"\n`;
  const { new: found } = await scanOf({ "a.yml": text, "b.py": program, "c.py": program });
  expect(found.map((one) => one.path)).toEqual(["a.yml", "b.py", "c.py"]);
});

describe("where a private key stands decides how bad it is:", () => {
  const PEM = `-----BEGIN PRIVATE KEY-----\n${makeUp("[A-Za-z0-9]{64}")}\n-----END PRIVATE KEY-----\n`;

  it.each([
    ["deploy/server.key", "critical"],
    ["tests/server.key", "low"],
    ["roles/ossec/files/test_admin_key.sec", "low"],
    ["upgrade/apt-test.priv", "low"],
    ["dev/keys/root1", "medium"],
    ["config.py.sample", "medium"],
    ["docs/server.key", "low"],
  ])("%s: %s", async (path, severity) => {
    const { new: found } = await scanOf({ [path]: PEM }, { rules });
    expect(found.map((one) => one.severity)).toEqual([severity]);
  });
});

describe("what tells another program about tokens holds none:", () => {
  it.each([".gitleaks.toml", ".gitleaksignore", ".secrets.baseline", ".yarn/releases/yarn.cjs"])(
    "%s",
    async (path) => {
      expect((await scanOf({ [path]: `regexes = ["${TOKEN}"]\n` }, { rules })).new).toEqual([]);
      expect((await scanOf({ "a.toml": `regexes = ["${TOKEN}"]\n` }, { rules })).new).toHaveLength(
        1,
      );
    },
  );
});
