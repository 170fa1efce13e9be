# Shared by the scripts beside it; sourced from the project's top folder.
# shellcheck shell=sh

started=$(date +%s)

# What follows, and when.
step() {
    now=$(($(date +%s) - started))
    printf '\n== %s  [%d:%02d]\n' "$*" $((now / 60)) $((now % 60))
}

done_after() {
    now=$(($(date +%s) - started))
    printf '\n== done after %d:%02d\n' $((now / 60)) $((now % 60))
}

# Run a command with its output in a file; show the end of it when the command fails.
# usage: quietly LOG COMMAND...
quietly() {
    quiet_log=$1
    shift
    "$@" >"$quiet_log" 2>&1 </dev/null && return 0
    quiet_status=$?
    tail -n 60 "$quiet_log" >&2
    printf 'failed: %s (all of its output is in %s)\n' "$*" "$quiet_log" >&2
    return "$quiet_status"
}

# Make a build folder. One made with other options, by another Meson or before the project was moved is made anew.
# usage: configure FOLDER OPTION...
configure() {
    folder=$1
    shift
    made_with="$PWD | meson $(meson --version) | ${CC:-cc} ${CFLAGS-} | $*"
    if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/made_with" 2>/dev/null)" = "$made_with" ]; then
        return 0
    fi
    rm -rf "$folder" && mkdir -p "$folder" || return
    quietly "$folder/setup.log" meson setup "$@" "$folder" || return
    printf '%s\n' "$made_with" >"$folder/made_with"
}
