#!/bin/sh
# Run a Python script with the first Python 3.11 or newer on this machine, or say that there is none.
# Written in plain sh, because an old Python cannot even parse the scripts that would say so.

newest=""
for candidate in "$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        # -B: write no compiled files into the tree.
        exec "$candidate" -B "$@"
    fi
    newest="$newest $version"
done

if [ -n "$newest" ]; then
    echo "Python is too old: this needs Python 3.11 or newer and found only$newest. Install a newer one (Debian 12: apt-get install python3), or name it: make PYTHON=/path/to/python3" >&2
else
    echo "Python is missing: install Python 3.11 or newer (Debian and Ubuntu: apt-get install python3 python3-venv)." >&2
fi
exit 1
