#!/usr/bin/env bash
# Installs Microsoft's SARIF validator into a folder and prints the path of its program. It is large (a .NET program inside
# an npm package), so it is no dependency: CI and the bench fetch it when they validate.
set -euo pipefail
folder=${1:?usage: install-sarif-tool.sh FOLDER}
mkdir -p "$folder"
npm install --silent --ignore-scripts --no-save --prefix "$folder" @microsoft/sarif-multitool@5.7.0 >&2
case $(uname -s) in
  Darwin) system=darwin ;;
  *) system=linux ;;
esac
tool=$folder/node_modules/@microsoft/sarif-multitool-$system/Sarif.Multitool
# What its postinstall would do.
chmod u+x "$tool"
printf '%s\n' "$tool"
