#!/bin/sh
# Resolve all dependencies in a fresh environment and write their exact versions to constraints.txt.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"${VENV:-.venv}/bin/python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-input ".[app,cluster,dev,docs,optimise,sensitivity]"
"$folder/venv/bin/python" -m pip freeze --exclude ceasefire-sim >"$folder/frozen"
{
    cat <<'END'
# Exact versions of everything that `pip install .[app,cluster,dev,docs,optimise,sensitivity]` needs,
# resolved on Python 3.13 (they hold on 3.12 too). Made by `make constraints`; do not edit by hand.
END
    tr '[:upper:]' '[:lower:]' <"$folder/frozen" | LC_ALL=C sort
} >"$folder/constraints.txt"
mv "$folder/constraints.txt" constraints.txt
