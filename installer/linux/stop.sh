# Ends every running copy, also a newer one that an update put beside the records: it is asked first, as on Ctrl-C, and
# given half a minute. Whatever it has acknowledged is on the disk already, so ending it by force in the end loses nothing.
program=/opt/hikma-local-server/hikma-local-server

running_copies() {
    for link in /proc/[0-9]*/exe; do
        case "$(readlink "$link" 2>/dev/null)" in
            "$program" | "$program (deleted)" | */hikma-local-server/program/*/hikma-local-server)
                pid=${link#/proc/}
                echo "${pid%/exe}"
                ;;
        esac
    done
}

stop_running_copies() {
    for signal in TERM KILL; do
        for pid in $(running_copies); do
            kill -s "$signal" "$pid" 2>/dev/null || true
        done
        waited=0
        while [ -n "$(running_copies)" ] && [ "$waited" -lt 300 ]; do
            sleep 0.1
            waited=$((waited + 1))
        done
    done
}
