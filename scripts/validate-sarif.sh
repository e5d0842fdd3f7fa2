#!/usr/bin/env bash
# Validates SARIF files with Microsoft's tool, GitHub's own rules included: validate-sarif.sh TOOL FILE...
# The tool exits with 0 even when it reports errors, so its words decide.
set -euo pipefail
tool=${1:?usage: validate-sarif.sh TOOL FILE...}
shift
for file in "$@"; do
  said=$("$tool" validate "$file" --rule-kind 'Sarif;Ghas' --level 'Error;Warning' --log ForceOverwrite --output "$file.validation")
  if ! grep -q 'Analysis completed successfully' <<<"$said" || grep -q ': error ' <<<"$said"; then
    printf '%s\n' "$said"
    exit 1
  fi
done
printf 'SARIF: %s valid\n' "$#"
