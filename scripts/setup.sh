#!/bin/sh
# Make or refresh the virtual environment with the pinned packages; at once done when nothing changed.
#   VENV=dir      the environment (default: .venv)
#   PYTHON=path   the interpreter to make it with (default: searched, see find_python)
set -eu
cd "$(dirname "$0")/.."

venv=${VENV:-.venv}
python=$venv/bin/python
started=$venv/.ceasefire-started   # written first: this script made the environment, for this place
finished=$venv/.ceasefire-finished # written last: what was installed

fail() {
    echo "setup: $*" >&2
    exit 1
}

works() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

fingerprint() {
    { pwd; cat pyproject.toml constraints.txt scripts/setup.sh; } | cksum
}

# Interpreters worth a try, one a line. A name on the PATH may be a pyenv shim that only fails,
# so pyenv's versions are looked up by their folders.
candidates() {
    wanted=$(cat .python-version)
    if command -v uv >/dev/null; then
        uv python find --system "$wanted" 2>/dev/null || true
    fi
    versions=${PYENV_ROOT:-${HOME:-}/.pyenv}/versions
    for version in "$wanted" 3.13 3.12 3.14; do
        ls -d "$versions/$version"/bin/python3 "$versions/$version".*/bin/python3 2>/dev/null || true
        echo "python$version"
    done
    echo python3
    echo python
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        works "$PYTHON" || fail "PYTHON=$PYTHON is no Python 3.12 or newer with the venv module"
        echo "$PYTHON"
        return
    fi
    candidates | while IFS= read -r candidate; do
        if works "$candidate"; then
            echo "$candidate"
            break
        fi
    done
}

make_venv() {
    found=$(find_python)
    if [ -z "$found" ] && command -v uv >/dev/null; then
        uv python install "$(cat .python-version)" >&2
        found=$(uv python find --system "$(cat .python-version)")
    fi
    [ -n "$found" ] || fail "needs Python 3.12 or newer with the venv module" \
        "(Debian: python3-venv); install one, or name it: make setup PYTHON=/path/to/python3"
    mkdir -p "$venv"
    pwd >"$started"
    echo '*' >"$venv/.gitignore" # Python 3.12 does not write one itself
    "$found" -m venv "$venv"
}

# Byte code is compiled by all processors at the end, which takes half as long as pip's own way.
pip_install() {
    "$python" -m pip install --quiet --no-input --disable-pip-version-check --no-compile \
        -c constraints.txt "$@"
}

unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX
export PIP_USER=0

if [ -f "$finished" ] && [ "$(cat "$finished")" = "$(fingerprint)" ] && works "$python"; then
    exit 0
fi

if [ -e "$started" ]; then
    # Ours, but half made, moved, or its interpreter is gone: make it anew.
    if [ ! -e "$finished" ] || [ "$(cat "$started")" != "$(pwd)" ] || ! works "$python"; then
        rm -rf "$venv"
    fi
elif [ -e "$venv" ] && ! works "$python"; then
    fail "$venv was not made by this script and holds no Python 3.12 or newer; move it away"
fi
if [ ! -e "$venv" ]; then
    make_venv
fi
rm -f "$finished"

echo "setup: installing the pinned packages into $venv (a minute or two) ..." >&2
pip_install hatchling || fail "pip could not install the packages; its message is above"
pip_install --no-build-isolation --editable ".[app,cluster,dev,docs,optimise,sensitivity]" ||
    fail "pip could not install the packages; its message is above"
"$python" -m compileall -q -j 0 "$venv/lib" >/dev/null 2>&1 || true # some files are templates
fingerprint >"$finished"
echo "setup: done" >&2
