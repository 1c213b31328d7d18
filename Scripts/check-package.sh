#!/usr/bin/env bash
# Looks at what is in a Debian package of Deputy, and tries what can be tried without installing it.
# Usage: Scripts/check-package.sh FILE
set -euo pipefail
package=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dpkg-deb --raw-extract "$package" "$work/root"
root=$work/root
program=$root/usr/bin/deputy

expect() {
    local what=$1
    shift
    "$@" >"$work/said" 2>&1 || refuse "The package isn't as it should be: $what." "$(head -n 5 "$work/said")"
}

field() { dpkg-deb --field "$package" "$1"; }

expect "its version is the program's" test "$(field Version)" = "$("$program" --version)"
for library in libc6 libpq5 libsqlite3-0; do
    expect "it names what it links" grep -q "$library (>= " <<<"$(field Depends)"
done
for file in usr/bin/deputy usr/lib/systemd/system/deputy.service etc/deputy/serve.env usr/share/man/man1/deputy.1.gz \
    usr/share/man/man1/deputy-serve.1.gz usr/share/bash-completion/completions/deputy \
    usr/share/zsh/vendor-completions/_deputy usr/share/fish/vendor_completions.d/deputy.fish \
    usr/share/doc/deputy/copyright usr/share/doc/deputy/changelog.gz usr/share/doc/deputy/operations.md usr/share/doc/deputy/keys/README.md; do
    expect "it holds $file" test -s "$root/$file"
done
expect "everything belongs to root" \
    test -z "$(dpkg-deb --contents "$package" | awk '$2 != "root/root"')"
expect "nobody else may write anything, and nothing gains rights" \
    test -z "$(dpkg-deb --contents "$package" | awk '$1 !~ /^l/ && (substr($1, 6, 1) == "w" || substr($1, 9, 1) == "w" || $1 ~ /[sStT]/)')"
expect "it brings no data and no home" test ! -e "$root/var"
expect "its sums hold" bash -c "cd '$root' && md5sum --quiet --check DEBIAN/md5sums"
expect "its settings are the administrator's" grep -qx /etc/deputy/serve.env "$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do expect "$script is a script" sh -n "$root/DEBIAN/$script"; done
expect "a purge removes no data" bash -c "! grep -E 'rm +-[a-z]*r' '$root/DEBIAN/postrm' | grep -v echo"
expect "bash takes the completions" bash -n "$root/usr/share/bash-completion/completions/deputy"
if command -v mandoc >/dev/null; then
    expect "the manual pages are well written" bash -c "zcat '$root'/usr/share/man/man1/deputy-serve.1.gz | mandoc -Tlint -W warning,stop"
fi

# The program works as it is packed.
expect "it makes a home" "$program" init acme --name Acme --domain acme.test --home "$work/home"
expect "the home is well" "$program" doctor --home "$work/home"

if command -v lintian >/dev/null; then
    # Without an address of the packager's it names none.
    expect "lintian finds nothing" lintian --allow-root --display-info --fail-on error,warning,info \
        --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog "$package"
fi

if command -v systemd-analyze >/dev/null; then
    unit=$root/usr/lib/systemd/system/deputy.service
    sed -i "s|/usr/bin/deputy|$program|" "$unit"
    expect "systemd reads the unit" systemd-analyze verify --man=no "$unit"
    expect "systemd finds nothing to complain of in the unit" test -z "$(grep -F deputy.service "$work/said" || true)"
    expect "the unit is closed" systemd-analyze security --offline=true --no-pager --threshold=20 "$unit"
    grep -F 'Overall exposure level' "$work/said" || true
fi
echo "the package is as it should be"
