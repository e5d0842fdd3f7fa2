#!/usr/bin/env bash
# First step of action.yml: finds the Action's program, or makes it, and puts its path into the step's output `path`.
#
# A release tag carries dist/action.js. At any other ref the program is built here from this folder's sources: packages exactly as
# package-lock.json has them, no package's script is run, and none that only tests need is fetched. The packages are kept by the
# lock file's checksum, so that a runner which lives longer than a job installs them once.
set -euo pipefail
action=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
found() { printf 'path=%s\n' "$1" >>"$GITHUB_OUTPUT"; }
failed() {
  printf '::error title=Portcullis::%s\n' "$1"
  exit 1
}

command -v node >/dev/null || failed 'Node.js is not on the PATH. Add a step with actions/setup-node before this one.'
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 18) ? 0 : 1)' ||
  failed "Node.js $(node --version) is too old: 20.18.1 or later is needed. Add a step with actions/setup-node before this one."

if [ -f "$action/dist/action.js" ]; then
  found "$action/dist/action.js"
  exit
fi
command -v npm >/dev/null ||
  failed 'npm is not on the PATH, and this ref carries no bundle. Use a release tag, or add a step with actions/setup-node before this one.'

checksum=$(node -p 'require("crypto").createHash("sha256").update(require("fs").readFileSync(process.argv[1])).digest("hex").slice(0, 16) + "-" + process.platform + "-" + process.arch' "$action/package-lock.json")
cache=${RUNNER_TOOL_CACHE:-$HOME/.cache}/portcullis
packages=$cache/$checksum
mkdir -p "$cache"
if [ ! -d "$packages" ]; then
  echo "This ref carries no bundle: installing packages in $packages"
  new=$(mktemp -d "$cache/new-XXXXXX")
  trap 'rm -rf "$new"' EXIT
  cp "$action/package.json" "$action/package-lock.json" "$action/.npmrc" "$new"
  (cd "$new" && npm ci --ignore-scripts --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error) ||
    failed 'The packages that Portcullis is built with could not be installed. Use a release tag, which needs none.'
  # Another job may have been quicker; its packages are the same.
  [ -d "$packages" ] || mv "$new" "$packages"
fi

# Below the packages, where the sources find them.
build=$(mktemp -d "$packages/build-XXXXXX")
trap 'rm -rf "$build" "${new-}"' EXIT
cp -R "$action/package.json" "$action/tsconfig.json" "$action/scripts" "$action/src" "$action/rules" "$build"
node "$build/scripts/build.mjs" action >&2 || failed 'Portcullis could not be built. Use a release tag, which carries its bundle.'
program=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/portcullis-XXXXXX")
cp "$build"/dist/* "$program"
found "$program/action.js"
