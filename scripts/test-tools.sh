#!/bin/sh
# Programs that only the tests use: virtual sound cards, a terminal, a browser, an office, another program that reads
# REFI-QDA projects. Tests that miss one are skipped and say so.
set -eu
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

# Another program's reader, with the standard's schema and a project by NVivo. It is apart from everything else.
peer=.venv/peers
if [ -x .venv/bin/pip ] && [ ! -e "$peer/.ready" ]; then
    say "installing a program to compare with, in $peer (37 MB)"
    if .venv/bin/pip install -q --disable-pip-version-check --no-deps --target "$peer" qualitative-coding==1.7.8 \
        "sqlalchemy<2.1" greenlet typing_extensions "xmlschema<4" "elementpath<5" "structlog<26" "tabulate<0.10" \
        "more-itertools<11" "semver<4"; then
        touch "$peer/.ready"
    fi
fi

wanted=""
command -v pulseaudio >/dev/null && command -v pactl >/dev/null || wanted="$wanted pulseaudio pulseaudio-utils"
ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so >/dev/null 2>&1 || wanted="$wanted libasound2-plugins"
command -v tmux >/dev/null || wanted="$wanted tmux"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    wanted="$wanted chromium fonts-dejavu-core"
command -v soffice >/dev/null || wanted="$wanted libreoffice-calc-nogui libreoffice-writer-nogui"
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
