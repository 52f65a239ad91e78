#!/bin/sh
# On the disk image. Double-clicked once: from then on the program opens when this account signs in. Again: no longer.
set -eu

label=org.hikmahealth.local-server
app="/Applications/Hikma Local Server.app"
agent="$HOME/Library/LaunchAgents/$label.plist"

if [ -e "$agent" ]; then
    launchctl bootout "gui/$(id -u)/$label" 2>/dev/null || true
    rm -f "$agent"
    echo "Hikma Local Server no longer opens when you sign in."
elif [ -d "$app" ]; then
    mkdir -p "$(dirname "$agent")"
    cp "$app/Contents/Resources/$label.plist" "$agent"
    echo "From now on Hikma Local Server opens when you sign in."
else
    echo "First drag Hikma Local Server into the Applications folder." >&2
    exit 1
fi
