#!/usr/bin/env bash
# tag-release.sh VERSION: tags a commit on top of HEAD that holds dist/ as well, as vVERSION and as its major version. No branch moves, and
# index and files stay as they are. Nothing is pushed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed() {
  printf 'tag-release: %s\n' "$1" >&2
  exit 1
}

version=${1-}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || failed "\"$version\" is no version such as 1.2.3"
[ "$version" = "$(node -p 'JSON.parse(require("fs").readFileSync("package.json", "utf8")).version')" ] ||
  failed "package.json does not say $version"
[ -f dist/action.js ] || failed 'dist/action.js is missing: npm run build'
if git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null; then failed "v$version exists"; fi

export GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
GIT_INDEX_FILE=$(mktemp -u)
export GIT_INDEX_FILE
trap 'rm -f "$GIT_INDEX_FILE"' EXIT
git read-tree HEAD
git add --force dist ':!dist/*.code'
commit=$(git commit-tree "$(git write-tree)" -p HEAD -m "Release $version, with its bundle")
git tag --annotate "v$version" --message "Portcullis $version" "$commit"
git tag --force --annotate "v${version%%.*}" --message "Portcullis $version" "$commit"
