#!/bin/sh
# Prints a Python that can run this project (3.11 or newer). On a bare Debian or Ubuntu it installs one first.
# Knows nothing of what is done with it: that is build/dev.py.

oldest="3.11"

is_good() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 && is_good "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

find_python && exit 0

if ! command -v python3 >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    echo "python 3: installing the system's package" >&2
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends python3 python3-venv; } >/dev/null 2>&1
    find_python && exit 0
fi

echo "This project needs Python $oldest or newer, and none was found." >&2
echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; others: python.org) and run the command again." >&2
exit 1
