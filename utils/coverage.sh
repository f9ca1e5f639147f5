#!/usr/bin/env bash
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# usage: utils/coverage.sh [--help]
#
# Measures which lines of lib/ and runtime/ the tests reach: builds with gcov
# into build-coverage/, runs the C, gtest and lit suites, prints a line per file
# and the sums of both folders, and writes build-coverage/coverage-*.html.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly build=$root/build-coverage
readonly mlir=/usr/lib/llvm-22/lib/cmake/mlir
readonly gcovr=$root/.venv/bin/gcovr

case ${1-} in
  -h | --help)
    sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  "") ;;
  *)
    echo "coverage.sh: error: unknown argument $1 (see --help)" >&2
    exit 2
    ;;
esac

"$root/utils/install-deps.sh"
[ -x "$gcovr" ] ||
  "$root/.venv/bin/python" -m pip --disable-pip-version-check -q install gcovr==8.8
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ -DSTM32_COVERAGE=ON \
  "-DMLIR_DIR=$mlir" --log-level=WARNING >/dev/null
ninja -C "$build" --quiet
find "$build" -name '*.gcda' -delete

# The figures count even if a test fails; the status tells that one did.
status=0
ctest --test-dir "$build" -j "$(nproc)" --no-tests=error >"$build/ctest.log" 2>&1 ||
  status=$?
"$root/.venv/bin/lit" -q "$build/test" >"$build/lit.log" 2>&1 || status=$?
for folder in lib runtime; do
  echo "== $folder/"
  "$gcovr" --root "$root" --filter "$root/$folder/" \
    --exclude "$root/runtime/test/" --exclude "$root/runtime/port/" \
    --gcov-ignore-parse-errors=all --exclude-throw-branches \
    "$build" --html-details "$build/coverage-$folder.html" --txt - |
    sed '/^-*$/d; /^ *GCC Code Coverage/d; /^Directory/d'
done
[ "$status" -eq 0 ] || echo "coverage.sh: a test failed, see build-coverage/*.log" >&2
exit "$status"
