#!/usr/bin/env bash
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# usage: utils/build.sh [--help] [TARGET...]
#
# Configures build/ with CMake and builds it with Ninja, Release, with the
# compiler that CC and CXX name or the system's. Without TARGET builds all.
# CMAKE_ARGS holds more options for the first configuration.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly build=$root/build
readonly mlir=/usr/lib/llvm-22/lib/cmake/mlir

fail() {
  echo "build.sh: error: $*" >&2
  exit 1
}

usage() { sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# A build directory knows where it is; a copy or a moved one is of no use.
remove_foreign_build() {
  local cache=$build/CMakeCache.txt
  if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    echo "build/ was made for another folder: starting afresh"
    rm -rf -- "$build"
  fi
}

configure() {
  local extra=()
  read -r -a extra <<<"${CMAKE_ARGS-}"
  [ ! -d "$mlir" ] || extra=("-DMLIR_DIR=$mlir" "${extra[@]}")
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    --log-level=WARNING "${extra[@]}" >/dev/null
}

# One cache for all clones, precompiled headers included.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

case ${1-} in
  -h | --help)
    usage
    exit 0
    ;;
  -*) fail "unknown option $1 (see --help)" ;;
esac
for program in cmake ninja; do
  command -v "$program" >/dev/null ||
    fail "the program $program is missing: run utils/install-deps.sh"
done

remove_foreign_build
if [ ! -f "$build/build.ninja" ]; then
  echo "configuring build/"
  configure
fi
if [ -t 1 ]; then
  ninja -C "$build" "$@"
else
  ninja -C "$build" --quiet "$@"
fi
