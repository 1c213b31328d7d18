#!/usr/bin/env bash
# Installs what a fresh Debian 12 machine with Swift lacks: system packages, and for `test` and `bench` the Python venv.
# Usage: Scripts/prepare.sh demo|test|bench|release. What is there already costs a fraction of a second.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

purpose=${1:-}
packages=(ca-certificates g++ gcc git libpq-dev libsqlite3-dev make zlib1g-dev)
requirements=()
case $purpose in
    demo) ;;
    test)
        packages+=(chromium curl dovecot-imapd dovecot-lmtpd glewlwyd mandoc opensc openssl postfix postgresql python3 python3-venv softhsm2 sqlite3)
        requirements=(Conformance/requirements.txt)
        ;;
    bench)
        packages+=(curl postgresql python3 python3-venv wrk)
        requirements=(Conformance/requirements.txt Conformance/requirements-bench.txt)
        ;;
    release) packages+=(binutils curl debootstrap dpkg-dev lintian mandoc) ;;
    *) refuse "usage: Scripts/prepare.sh demo|test|bench|release" ;;
esac

swift_version() {
    swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1
}

require_swift() {
    local major minor
    command -v swift >/dev/null || refuse \
        "Deputy needs Swift 6.2 or later, and there is no \`swift\` on the PATH." \
        "Install it as https://www.swift.org/install/linux/ tells, then run this again."
    read -r major minor <<<"$(swift_version)" || true
    [ -n "${minor:-}" ] || refuse "The version of \`swift\` can't be read; \`swift --version\` should name it."
    if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        refuse "Deputy needs Swift 6.2 or later; this is Swift $major.$minor." \
            "Install a newer one as https://www.swift.org/install/linux/ tells, then run this again."
    fi
}

require_debian() {
    local id="" like=""
    if [ -r /etc/os-release ]; then
        id=$(. /etc/os-release && echo "${ID:-}")
        like=$(. /etc/os-release && echo "${ID_LIKE:-}")
    fi
    case " $id $like " in
        *" debian "*) command -v apt-get >/dev/null && return ;;
    esac
    refuse "This script installs packages on Debian and its relatives only, and this is \`${id:-unknown}\`." \
        "Install what these Debian packages hold: ${packages[*]}." \
        "Then say so: DEPUTY_PREPARED=1 make $purpose"
}

missing_packages() {
    local name
    for name in "${packages[@]}"; do
        dpkg-query --show --showformat='${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^.i' || echo "$name"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        refuse "Installing packages needs root, and there is no \`sudo\`." "As root: apt-get install ${missing[*]}"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"
}

# Tests start servers of their own, and nobody asked for those of the packages (invoke-rc.d(8)). What forbids them goes again.
keep_services_down() {
    local policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] && return
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
}

# The stamp holds the requirements' digest: a changed file renews the venv, an unchanged one costs nothing.
make_venv() {
    local wanted
    wanted=$(cat "${requirements[@]}" | sha256sum | cut -d ' ' -f 1)
    grep -qsx "$wanted" .venv/prepared && return
    [ -x .venv/bin/python ] || step "making the Python venv" /usr/bin/python3 -m venv .venv
    local options=()
    for file in "${requirements[@]}"; do options+=(--requirement "$file"); done
    step "installing Python packages" .venv/bin/python -m pip install --quiet "${options[@]}"
    echo "$wanted" >.venv/prepared
    if [ "$purpose" = bench ]; then
        # Bench's packages are a superset: once they are there, those of `test` are as well.
        sha256sum Conformance/requirements.txt | cut -d ' ' -f 1 >>.venv/prepared
    fi
}

require_swift
if [ "${DEPUTY_PREPARED:-}" != 1 ]; then
    require_debian
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -gt 0 ]; then
        step "updating the package list" apt update
        keep_services_down
        step "installing ${missing[*]}" apt install --yes --no-remove --no-install-recommends "${missing[@]}"
    fi
fi
if [ "${#requirements[@]}" -gt 0 ]; then
    make_venv
fi
