#!/usr/bin/env bash
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# usage: utils/quickstart.sh [--help] [MODEL.tflite]
#
# From nothing to a running network: installs what is missing, builds the
# compiler, compiles MODEL (default: the handwritten digits of examples/digits)
# to C in build/quickstart/, builds that with gcc, runs it and shows what came
# out, what it costs, and each layer.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

fail() {
  echo "quickstart.sh: error: $*" >&2
  exit 1
}

usage() { sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

case ${1-} in
  -h | --help)
    usage
    exit 0
    ;;
  -*) fail "unknown option $1 (see --help)" ;;
esac
[ $# -le 1 ] || fail "more than one model (see --help)"
model=${1-$root/examples/digits/digits.tflite}
[ -f "$model" ] || fail "$model: no such file"

"$root/utils/install-deps.sh"
"$root/utils/build.sh" stm32-compile
exec "$root/.venv/bin/python" "$root/utils/quickstart.py" "$model"
