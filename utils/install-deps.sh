#!/usr/bin/env bash
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# usage: utils/install-deps.sh [--help]
#
# Installs what building and testing needs, where it is missing:
#   - Debian packages (as root, or with sudo);
#   - .venv with the Python packages of python/requirements.lock and the package
#     stm32_mlir of this source tree.
# Does nothing, quickly, when all is there. To start afresh, remove .venv.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

readonly packages=(
  ccache clang-22 cmake cppcheck flatbuffers-compiler g++ gcc-arm-none-eabi
  libclang-rt-22-dev libflatbuffers-dev libgmock-dev libgtest-dev
  libmlir-22-dev libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib
  libxml2-dev libzstd-dev lld-22 llvm-22-dev llvm-22-tools make mlir-22-tools
  ninja-build python3-venv qemu-system-arm shellcheck zlib1g-dev
)

fail() {
  echo "install-deps.sh: error: $*" >&2
  exit 1
}

usage() { sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# Prints the packages that are not installed.
missing_packages() {
  local package
  for package in "${packages[@]}"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
      installed) ;;
      *) echo "$package" ;;
    esac
  done
}

install_packages() {
  command -v dpkg-query >/dev/null ||
    fail "this is no Debian system: install by hand: ${packages[*]}"
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "not root and no sudo: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
    --no-install-recommends install "${missing[@]}" >/dev/null
}

# The python3 of the system if it is new enough, else the first in PATH.
find_python() {
  local python
  for python in /usr/bin/python3 python3; do
    if "$python" -c 'import sys, venv, ensurepip
sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  fail "no python3 of version 3.11 or later with venv: apt-get install python3-venv"
}

# A virtual environment holds its own path, so the path belongs to the stamp.
stamp_text() {
  echo "$root"
  cat "$root/python/requirements.lock" "$root/python/pyproject.toml" | sha256sum
}

install_python() {
  local venv=$root/.venv stamp=$root/.venv/stamp python
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(stamp_text)" ]; then
    return
  fi
  python=$(find_python)
  echo "installing Python packages into .venv"
  "$python" -m venv --clear "$venv"
  local pip=("$venv/bin/python" -m pip --disable-pip-version-check -q)
  # The lock is complete, so nothing else may come in.
  "${pip[@]}" install --no-deps -r "$root/python/requirements.lock"
  "${pip[@]}" install --no-deps --no-build-isolation -e "$root/python"
  stamp_text >"$stamp"
}

case ${1-} in
  -h | --help)
    usage
    exit 0
    ;;
  "") ;;
  *) fail "unknown argument $1 (see --help)" ;;
esac
install_packages
install_python
