#!/usr/bin/env bash
# Makes the Debian package of the released program: .build/dist/deputy_VERSION_ARCHITECTURE.deb. Then looks at what is in it.
# Usage: Scripts/package.sh. The same program and commit give the same bytes. DEBFULLNAME and DEBEMAIL name who answers for it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} LC_ALL=C TZ=UTC
Scripts/release.sh
umask 022
dist=$PWD/.build/dist
program=$dist/bin/deputy
version=$("$program" --version)
architecture=$(dpkg --print-architecture)
# The project has no mail address; whoever hands the package on may give theirs, as for Debian's own tools.
maintainer="${DEBFULLNAME:-Deputy maintainers} <${DEBEMAIL:-deputy@localhost}>"

# The libraries that the program needs, as this system's packages name them.
depends() {
    local folder
    folder=$(mktemp -d)
    mkdir "$folder/debian"
    printf 'Source: deputy\n\nPackage: deputy\nArchitecture: any\n' >"$folder/debian/control"
    (cd "$folder" && dpkg-shlibdeps -O --ignore-missing-info "$program" >line 2>said) || refuse "$(cat "$folder/said")"
    # Symbols don't tell that our SQL has RETURNING.
    sed -n 's/^shlibs:Depends=//p' "$folder/line" | sed 's/libsqlite3-0 (>= [^)]*)/libsqlite3-0 (>= 3.35)/'
    rm -r "$folder"
}

# stage FOLDER: everything as it will lie on a disk.
stage() {
    local root=$1 page shell
    local documents=$root/usr/share/doc/deputy
    mkdir -p "$root/DEBIAN" "$root/etc/deputy/tls" "$root/usr/bin" "$root/usr/lib/systemd/system" "$documents" \
        "$root/usr/share/lintian/overrides" "$root/usr/share/man/man1" "$root/usr/share/bash-completion/completions" \
        "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
    install -m 755 "$program" "$root/usr/bin/deputy"
    install -m 644 Packaging/deputy.service "$root/usr/lib/systemd/system/"
    install -m 644 Packaging/serve.env "$root/etc/deputy/"
    chmod 750 "$root/etc/deputy/tls"
    "$program" manual "$root/usr/share/man/man1" >/dev/null
    for page in "$root"/usr/share/man/man1/*; do gzip --best --no-name "$page"; done
    "$program" completions bash | sed '1{/^#!/d}' >"$root/usr/share/bash-completion/completions/deputy"
    "$program" completions zsh >"$root/usr/share/zsh/vendor-completions/_deputy"
    "$program" completions fish >"$root/usr/share/fish/vendor_completions.d/deputy.fish"
    cp -r Docs/. CHANGELOG.md README.md SECURITY.md "$documents/"
    # The pages lie beside them here.
    sed -i 's|](Docs/|](|g' "$documents/README.md" "$documents/SECURITY.md"
    install -m 644 Packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/deputy"
    {
        printf 'deputy (%s) unstable; urgency=medium\n\n  * CHANGELOG.md beside this file says what changed.\n\n' "$version"
        printf ' -- %s  %s\n' "$maintainer" "$(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")"
    } | gzip --best --no-name >"$documents/changelog.gz"
    {
        printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
        printf 'Upstream-Name: deputy\n\nFiles: *\nCopyright: %s the Deputy authors\nLicense: Apache-2.0\n' \
            "$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y)"
        printf ' On Debian systems the licence stands in /usr/share/common-licenses/Apache-2.0.\n'
    } >"$documents/copyright"

    echo /etc/deputy/serve.env >"$root/DEBIAN/conffiles"
    install -m 755 Packaging/debian/postinst Packaging/debian/prerm Packaging/debian/postrm "$root/DEBIAN/"
    sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$dependencies/" \
        -e "s/@MAINTAINER@/$maintainer/" \
        -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f 1)/" \
        Packaging/debian/control.in >"$root/DEBIAN/control"
    (cd "$root" && find etc usr -type f | sort | grep -v '^etc/' | xargs md5sum >DEBIAN/md5sums)
    find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# pack FILE
pack() {
    local root
    root=$(mktemp -d)
    chmod 755 "$root"
    stage "$root"
    dpkg-deb --root-owner-group -Zxz --build "$root" "$1" >/dev/null
    rm -r "$root"
}

dependencies=$(depends)
package=$dist/deputy_${version}_$architecture.deb
step "packing" pack "$package"
(cd "$dist" && sha256sum "$(basename "$package")" >"$package.sha256")
step "looking at what is in it" Scripts/check-package.sh "$package"
echo "==> $package: $(du -h "$package" | cut -f 1); it needs $dependencies"
