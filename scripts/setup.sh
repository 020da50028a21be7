#!/bin/sh
# Makes .venv with everything that interviewkit and its tests need. `make setup` runs it; it may be run again.
# PYTHON names another interpreter, TORCH another build of torch than the CPU one.
set -eu
cd "$(dirname "$0")/.."

CPU_BUILDS=https://download.pytorch.org/whl/cpu

say() { echo "setup: $*" >&2; }

stop() {
    say "$*"
    exit 1
}

# Installs a Debian or Ubuntu package where that is possible without asking.
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "installing $1 with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$1" >/dev/null
}

# Prints the first Python that is new enough and can make virtual environments; the one it is tested with first.
find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

pip_install() { .venv/bin/python -m pip install -qq --constraint constraints.txt "$@"; }

make_environment() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python) || { apt_install python3-venv && python=$(find_python); } ||
        stop "Python 3.11 or newer with its venv module is needed: sudo apt-get install python3-venv, or brew install python"
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

# On Linux the package index offers torch with gigabytes for graphics cards: "+cpu" can't be mistaken for that.
install_torch() {
    [ "$(uname -s)" = Linux ] || return 0
    version=$(sed -n 's/^torch==//p' constraints.txt)
    say "installing torch $version, CPU build (about 200 MB)"
    set -- "${TORCH:-torch==$version+cpu}"
    if .venv/bin/python -c "import urllib.request as u; u.urlopen('$CPU_BUILDS/torch/', timeout=5)" 2>/dev/null; then
        set -- "$@" --extra-index-url "$CPU_BUILDS"
    fi
    pip_install "$@" ||
        stop "no CPU build of torch $version was found. If another build will do, run: make setup TORCH=torch==$version"
}

# Recording needs it, transcription does not; on macOS and Windows it comes with the Python package.
check_portaudio() {
    .venv/bin/python -c '
import sys
from ctypes.util import find_library
from importlib.util import find_spec
sys.exit(not (find_library("portaudio") or find_spec("_sounddevice_data")))' && return
    apt_install libportaudio2 ||
        say "PortAudio is missing, which recording will need: sudo apt-get install libportaudio2, or brew install portaudio"
}

make_environment
say "installing pip"
pip_install --upgrade pip
install_torch
say "installing interviewkit and its tools"
pip_install --build-constraint constraints.txt --editable ".[dev,cluster]"
check_portaudio
