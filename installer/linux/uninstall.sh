#!/bin/sh
# Removes what the self-extracting file installed. The records of the clinic stay.
set -eu

target=/opt/hikma-local-server

@STOP@

if [ "$(id -u)" != 0 ]; then
    echo "Please run it as root: sudo $target/uninstall.sh" >&2
    exit 1
fi
stop_running_copies
while read -r file; do
    rm -f "$file"
done <"$target/FILES"
rm -rf "$target"
echo "Removed. The records are still in the folder .local/share/hikma-local-server of each account."
