import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { makeUp } from "../rules/index.ts";
import { write } from "./finish.ts";
import { runReview } from "./review.ts";

/** `portcullis demo`: a newcomer's first minute. */
export function addDemo(program: Command, done: (status: number) => void): void {
  program
    .command("demo")
    .summary("review a sample pull request")
    .description(
      "Makes a small Django repository with a pull request in a temporary folder and reviews it.",
    )
    .option("--keep", "leave the sample repository in place", false)
    .action(async (options: { readonly keep: boolean }) => {
      await runDemo(options.keep);
      done(0);
    });
}

const SETTINGS = `import os

SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["shop.example.org"]
ROOT_URLCONF = "shop.urls"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "orders",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
]
`;

const VIEWS = `from django.contrib.auth.decorators import login_required
from django.db import connection
from django.shortcuts import render

from .models import Order


@login_required
def search(request):
    orders = Order.objects.filter(title__contains=request.GET.get("q", ""))
    return render(request, "orders/list.html", {"orders": orders})
`;

const BASE: Readonly<Record<string, string>> = {
  "manage.py": `import os\nimport sys\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n\nif __name__ == "__main__":\n    from django.core.management import execute_from_command_line\n\n    execute_from_command_line(sys.argv)\n`,
  "requirements.txt": "Django==5.2.8\nrequests==2.32.5\n",
  "shop/__init__.py": "",
  "shop/settings.py": SETTINGS,
  "orders/__init__.py": "",
  "orders/models.py": `from django.db import models\n\n\nclass Order(models.Model):\n    title = models.CharField(max_length=200)\n`,
  "orders/views.py": VIEWS,
};

/** The pull request: a feature that works, and five mistakes that reviewers miss. */
function headFiles(): Record<string, string> {
  return {
    "requirements.txt": "Django==4.2.8\nrequests==2.32.5\n",
    "shop/settings.py": SETTINGS.replace(`    "django.middleware.csrf.CsrfViewMiddleware",\n`, ""),
    "orders/views.py": VIEWS.replace(
      `    orders = Order.objects.filter(title__contains=request.GET.get("q", ""))\n`,
      `    query = request.GET.get("q", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, title FROM orders_order WHERE title LIKE '%{query}%'")
        orders = cursor.fetchall()
`,
    ),
    // Made up at run time, so that no file of ours holds something that looks like a key.
    "orders/payments.py": `import stripe\n\nstripe.api_key = "${makeUp("sk_live_[A-Za-z0-9]{24}")}"\n`,
  };
}

/** What was published about the version of Django that the pull request goes back to, in the OSV format. */
const ADVISORIES = [
  {
    id: "PYSEC-2024-70",
    aliases: ["CVE-2024-42005"],
    summary: "SQL injection by the names of JSON keys given to values() and values_list()",
    fixed: "4.2.15",
    vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L",
  },
  {
    id: "PYSEC-2024-102",
    aliases: ["CVE-2024-45230"],
    summary: "Denial of service by urlize() and urlizetrunc()",
    fixed: "4.2.16",
    vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
  },
].map(({ id, aliases, summary, fixed, vector }) => ({
  id,
  aliases,
  summary,
  modified: "2024-10-08T19:19:01Z",
  severity: [{ type: "CVSS_V3", score: vector }],
  affected: [
    {
      package: { ecosystem: "PyPI", name: "Django" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "4.2" }, { fixed }] }],
    },
  ],
}));

async function runDemo(keep: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-demo-"));
  const advisories = mkdtempSync(join(tmpdir(), "portcullis-demo-advisories-"));
  const git = (...words: string[]) =>
    execFileSync(
      "git",
      [
        "-c",
        "user.name=Demo",
        "-c",
        "user.email=demo@example.org",
        "-c",
        "commit.gpgsign=false",
        ...words,
      ],
      {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
  const commit = (files: Readonly<Record<string, string>>, message: string) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    git("add", "--all");
    git("commit", "--quiet", "--no-verify", "--message", message);
  };
  try {
    const advisoriesFile = join(advisories, "advisories.json");
    writeFileSync(advisoriesFile, JSON.stringify(ADVISORIES));
    git("init", "--quiet", "--initial-branch=main");
    commit(BASE, "A small shop");
    git("switch", "--quiet", "--create", "faster-search");
    commit(headFiles(), "Search faster, and take payments");
    write("A sample pull request to a small Django shop: `Search faster, and take payments`.\n");
    await runReview({
      repo: folder,
      head: "faster-search",
      base: "main",
      format: "text",
      profile: "default",
      advisories: advisoriesFile,
      verbose: false,
    });
    write(
      keep
        ? `\nThe repository is in ${folder}. Try: portcullis review --repo ${folder} --format markdown`
        : "\nNow your own: `portcullis review` in a git repository, or `portcullis demo --keep` to play with this one.",
    );
  } finally {
    rmSync(advisories, { recursive: true, force: true });
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}
