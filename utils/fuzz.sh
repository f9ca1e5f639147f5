#!/usr/bin/env bash
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# usage: utils/fuzz.sh [--help] [--seconds N] [--jobs N] [--seed N] [--junit FILE]
#                      [FILE...]
#
# Compiles changed models under sanitizers for N seconds (60). Builds with clang
# 22 into build-fuzz/, with N jobs (as many as there are cores). The seeds are
# the models of tests and examples, the shared ones, and one of each operator and
# type of python/tests/ops; what finds new code is kept in build-fuzz/corpus.
# Exit status 1 if a model is found that breaks the compiler: it lies in
# build-fuzz/finds. With FILE, only runs these.
# --seed makes the changes repeat: nothing of earlier runs is used.
# --junit also writes the result there; what is missing then makes a skipped test.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly build=$root/build-fuzz
readonly mlir=/usr/lib/llvm-22/lib/cmake/mlir
# Holds the largest shared model.
readonly largest=1048576
seconds=60
jobs=$(nproc)
seed=
junit=
files=()

fail() {
  echo "fuzz.sh: error: $*" >&2
  exit 2
}

# report ELEMENT: writes the one test and what became of it.
report() {
  [ -z "$junit" ] ||
    printf '<testsuite name="fuzz"><testcase name="fuzz">%s</testcase></testsuite>\n' "$1" >"$junit"
}

missing() {
  [ -n "$junit" ] || fail "$1 is missing: run utils/install-deps.sh"
  echo "skipped: $1 is missing"
  report "<skipped message=\"$1 is missing\"/>"
  exit 0
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --seconds | --jobs | --seed)
      [[ ${2-} =~ ^[1-9][0-9]*$ ]] || fail "$1 needs a positive number"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --junit)
      junit=${2:?"--junit needs a file"}
      shift
      ;;
    -*) fail "unknown option $1 (see --help)" ;;
    *) files+=("$1") ;;
  esac
  shift
done
for program in clang++-22 cmake ninja flatc; do
  command -v "$program" >/dev/null || missing "the program $program"
done
echo 'extern "C" int LLVMFuzzerTestOneInput(const char *, unsigned long) { return 0; }' |
  clang++-22 -fsanitize=fuzzer,address,undefined -x c++ -o /dev/null - 2>/dev/null ||
  missing "libFuzzer of clang 22 (package libclang-rt-22-dev)"

# One cache for all clones, as utils/build.sh has it.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
  -DCMAKE_CXX_FLAGS_RELEASE=-O1 \
  -DSTM32_FUZZ=ON -DSTM32_WERROR=OFF "-DMLIR_DIR=$mlir" --log-level=WARNING >/dev/null
ninja -C "$build" -j "$jobs" --quiet stm32-fuzz

rm -rf -- "$build/seeds"
mkdir -p "$build/corpus" "$build/finds" "$build/seeds"
schema=$root/lib/Target/TFLite/tflite.fbs
for model in "$root"/test/Target/TFLite/*.json "$root"/test/Driver/Inputs/*.json; do
  # Comments of lit stand in front; what is no model is left out.
  flatc -b -o "$build/seeds" "$schema" "$model" >/dev/null 2>&1 || true
done
find "$root/examples" "${STM32_SHARED:-$root/../shared}/models" -name '*.tflite' \
  -exec cp -t "$build/seeds" {} + 2>/dev/null || true
(cd "$root/python/tests" && "$root/.venv/bin/python" -m ops.seeds "$build/seeds")

corpus=$build/corpus
options=(-rss_limit_mb=4096 -timeout=60 "-artifact_prefix=$build/finds/")
if [ -n "$seed" ]; then
  corpus=$(mktemp -d)
  trap 'rm -rf -- "$corpus"' EXIT
  options+=("-seed=$seed")
fi

# MLIR itself is not instrumented: containers that it fills and memory that it
# gives out look wrong, and what it never frees is not ours.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=0:allow_user_poisoning=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
if [ ${#files[@]} -gt 0 ]; then
  exec "$build/bin/stm32-fuzz" "${options[@]}" "${files[@]}"
fi
"$build/bin/stm32-fuzz" "${options[@]}" "-max_len=$largest" \
  "-max_total_time=$seconds" -print_final_stats=1 \
  "$corpus" "$build/seeds" 2>"$build/fuzz.log" && status=0 || status=$?
grep -E '^stat::|^Done|ERROR|SUMMARY|runtime error|stm32-fuzz:' "$build/fuzz.log" || true
if [ "$status" -ne 0 ]; then
  echo "fuzz.sh: a model breaks the compiler, see build-fuzz/fuzz.log and build-fuzz/finds" >&2
  report '<failure message="a model breaks the compiler, see build-fuzz/fuzz.log"/>'
  exit 1
fi
report ""
