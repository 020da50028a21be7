#!/bin/sh
# Programs that only the tests use: virtual sound cards, a terminal, a browser. Tests that miss one are skipped and say so.
set -eu

say() { echo "setup: $*" >&2; }

wanted=""
command -v pulseaudio >/dev/null && command -v pactl >/dev/null || wanted="$wanted pulseaudio pulseaudio-utils"
ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so >/dev/null 2>&1 || wanted="$wanted libasound2-plugins"
command -v tmux >/dev/null || wanted="$wanted tmux"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    wanted="$wanted chromium fonts-dejavu-core"
[ -n "$wanted" ] || exit 0

if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing for the tests with apt-get:$wanted"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # a list of packages
    if apt-get -qq update && apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $wanted >/dev/null; then
        exit 0
    fi
fi
say "some tests will be skipped; they need:$wanted (sudo apt-get install$wanted)"
