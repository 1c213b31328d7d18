#!/usr/bin/env bash
# Builds the program optimised, with Swift's own libraries inside and stripped, and packs it with its licence:
# .build/dist/deputy-VERSION-linux-MACHINE.tar.gz, its SHA-256 beside it. Says what it still links dynamically.
# Usage: Scripts/release.sh. The same commit gives the same bytes, given the same toolchain and folder; DEPUTY_RELEASE_BIN
# names a program that is built already.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} LC_ALL=C TZ=UTC
built=${DEPUTY_RELEASE_BIN:-$PWD/.build/release/deputy}
if [ -z "${DEPUTY_RELEASE_BIN:-}" ]; then
    Scripts/prepare.sh release
    step "build (release)" swift build "${optimised[@]}" --product deputy
fi

dist=.build/dist
rm -rf "$dist/bin" && mkdir -p "$dist/bin"
strip --strip-all --remove-section=.comment -o "$dist/bin/deputy" "$built"
version=$("$dist/bin/deputy" --version)
name=deputy-$version-linux-$(uname -m)

links=$(readelf --dynamic "$dist/bin/deputy" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort)
if grep -qE '^lib(swift|Foundation|_Foundation|dispatch|BlocksRuntime)' <<<"$links"; then
    refuse "The program links a library of Swift dynamically, which other machines lack:" "$links"
fi

stage=$dist/$name
rm -rf "$stage" && mkdir -p "$stage/man/man1" "$stage/completions"
cp -r "$dist/bin/deputy" LICENSE README.md SECURITY.md CHANGELOG.md Docs Packaging/deputy.service "$stage/"
"$dist/bin/deputy" manual "$stage/man/man1" >/dev/null
for shell in bash zsh fish; do "$dist/bin/deputy" completions "$shell" >"$stage/completions/deputy.$shell"; done
tar --create --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mode=go=rX,u=rwX \
    --mtime="@$SOURCE_DATE_EPOCH" --directory "$dist" "$name" | gzip --best --no-name >"$dist/$name.tar.gz"
rm -rf "$stage"
(cd "$dist" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")

echo "==> $dist/$name.tar.gz: $(du -h "$dist/$name.tar.gz" | cut -f 1), the program $(du -h "$dist/bin/deputy" | cut -f 1)"
echo "==> it links:" $links
