#!/usr/bin/env bash
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# usage: utils/check.sh [--help] [--quick]
#
# Installs what is missing, builds everything and runs every test:
#   runtime   the C kernels and the core of the runtime (ctest)
#   gtest     the compiler's libraries
#   lit       passes, tools, generated code
#   pytest    the Python package, and whole models on the host and in QEMU
#   fuzz      the compiler with changed models, under sanitizers
# Prints a line for each suite; the last line is the sum:
#   N passed, N failed, N skipped
# All suites run even if one fails; then the exit status is not 0.
# --quick leaves out what runs in QEMU, and fuzzing. Logs and XML are in
# build/check/.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly build=$root/build
readonly results=$build/check
readonly python=$root/.venv/bin/python

usage() { sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

quick=
pytest_options=()
for argument in "$@"; do
  case $argument in
    -h | --help)
      usage
      exit 0
      ;;
    --quick)
      quick=1
      pytest_options+=(-m "not qemu")
      ;;
    *)
      echo "check.sh: error: unknown argument $argument (see --help)" >&2
      exit 2
      ;;
  esac
done

# lit pastes paths into shell commands as they are.
case $root in
  *[[:space:]]*)
    echo "check.sh: error: lit cannot run in '$root': move it to a path without blanks" >&2
    echo "0 passed, 1 failed, 0 skipped"
    exit 2
    ;;
esac

# Nothing can run without these.
set_up() {
  "$root/utils/install-deps.sh" && "$root/utils/build.sh"
}

# run_suite NAME COMMAND...: the command leaves its XML in $results/NAME.
run_suite() {
  local name=$1 log=$results/$1.log status=0
  shift
  mkdir -p "$results/$name"
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    echo "--- $name: exit status $status, the end of build/check/$name.log:"
    tail -n 60 "$log"
  fi
  "$python" "$root/utils/summarize.py" suite "$name" \
    --status "$status" --totals "$results/totals.json" "$results/$name"
}

runtime_suite() {
  ctest --test-dir "$build" -R '^stm32rt_' --output-on-failure \
    --no-tests=error -j "$(nproc)" --output-junit "$results/runtime/ctest.xml"
}

# Each test program writes the XML of its own tests; ctest's would count it as one.
gtest_suite() {
  GTEST_OUTPUT=xml:$results/gtest/ ctest --test-dir "$build" -E '^stm32rt_' \
    --output-on-failure --no-tests=error -j "$(nproc)"
}

lit_suite() {
  local lit=$root/.venv/bin/lit
  [ -x "$lit" ] || lit=/usr/lib/llvm-22/bin/lit
  "$lit" -sv --xunit-xml-output "$results/lit/lit.xml" "$build/test"
}

pytest_suite() {
  cd "$root/python" || return
  "$python" -m pytest -q -n "$(nproc)" -p no:cacheprovider -ra \
    --junitxml "$results/pytest/pytest.xml" "${pytest_options[@]}"
}

# Without what it needs, its one test is skipped.
fuzz_suite() {
  "$root/utils/fuzz.sh" --seconds 75 --seed 1 --junit "$results/fuzz/fuzz.xml"
}

if ! set_up; then
  echo "set-up: failed"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
rm -rf -- "$results"
mkdir -p "$results"
run_suite runtime runtime_suite
run_suite gtest gtest_suite
run_suite lit lit_suite
run_suite pytest pytest_suite
[ -n "$quick" ] || run_suite fuzz fuzz_suite
exec "$python" "$root/utils/summarize.py" total --totals "$results/totals.json"
