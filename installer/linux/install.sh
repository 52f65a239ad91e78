#!/bin/sh
# Installs the program from the self-extracting file, on systems without Debian packages. Run as root.
set -eu
umask 022 # what unpacks this keeps everything to root alone

version="@VERSION@"
target=/opt/hikma-local-server
here=$(cd "$(dirname "$0")" && pwd)

@STOP@

fail() {
    echo "$1" >&2
    exit 1
}

is_newer() { # $1 than $2
    [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]
}

[ "$(id -u)" = 0 ] || fail "Please run it as root: sudo sh FILE.run"
if command -v dpkg-query >/dev/null && dpkg-query -W hikma-local-server >/dev/null 2>&1; then
    fail "The program is installed from its Debian package. Install the newer .deb file instead."
fi
if [ -e "$target/VERSION" ] && is_newer "$(cat "$target/VERSION")" "$version"; then
    fail "A newer version ($(cat "$target/VERSION")) is installed. Nothing was changed."
fi

stop_running_copies
new=$target.new
rm -rf "$new"
mkdir -p /opt
cp -R "$here/files$target" "$new"
chmod -R a+rX "$new"
echo "$version" >"$new/VERSION"
rm -rf "$target"
mv "$new" "$target"
(cd "$here/files" && find etc usr -type f -o -type l | while read -r file; do
    mkdir -p "/$(dirname "$file")"
    cp -P "$file" "/$file"
    [ -L "/$file" ] || chmod 644 "/$file"
    echo "/$file"
done) >"$target/FILES"
cp "$here/uninstall.sh" "$target/uninstall.sh"
chmod 755 "$target/uninstall.sh"
if "$target/hikma-local-server" --selftest >"$target/selftest.json"; then
    echo "Installed. Start it from the menu: Hikma Local Server. To remove it: sudo $target/uninstall.sh"
else
    cat "$target/selftest.json" >&2
    fail "It is installed, but does not work on this system. Show the lines above to support."
fi
