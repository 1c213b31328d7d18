#!/usr/bin/env bash
# Installs a Debian package of Deputy in a fresh Debian of its own, uses it, upgrades, removes and purges it, and looks at
# what is left each time. The system outside isn't touched; there is no service manager inside, so what the package
# would ask of one is written down by stand-ins.
# Usage: Scripts/try-package.sh FILE, as root, with debootstrap. The Debian is kept in .build/debian.
set -euo pipefail
package=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

[ "$(id -u)" -eq 0 ] || refuse "A Debian of its own can be made by root alone."
command -v debootstrap >/dev/null || refuse "There is no \`debootstrap\`." "As root: apt-get install debootstrap"
# Mounts and processes end with this one.
[ -n "${DEPUTY_APART:-}" ] || DEPUTY_APART=1 exec unshare --mount --pid --fork --kill-child "${BASH_SOURCE[0]}" "$package"

base=$PWD/.build/debian
[ -e "$base/complete" ] || {
    rm -rf "$base"
    step "a fresh Debian" debootstrap --variant=minbase bookworm "$base" >"$base.log"
    touch "$base/complete"
}
work=$(mktemp -d)
trap 'umount --lazy --recursive "$work/root" "$work/changes"; rm -rf "$work"' EXIT
mkdir "$work/changes" "$work/root"
mount -t tmpfs none "$work/changes"
mkdir "$work/changes/upper" "$work/changes/work"
mount -t overlay none -o "lowerdir=$base,upperdir=$work/changes/upper,workdir=$work/changes/work" "$work/root"
root=$work/root
mount -t proc none "$root/proc"
mount --rbind /dev "$root/dev"
cp --remove-destination -L /etc/resolv.conf "$root/etc/resolv.conf"

enter=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
    DEBIAN_FRONTEND=noninteractive SWIFT_BACKTRACE=enable=no chroot "$root")
deputy=("${enter[@]}" setpriv --reuid=deputy --regid=deputy --clear-groups deputy)
home=(--home /var/lib/deputy)

inside() { "${enter[@]}" "$@"; }

expect() {
    local what=$1
    shift
    "$@" >"$work/said" 2>&1 || refuse "The package doesn't behave: $what." "$(tail -n 8 "$work/said")"
    echo "  $what"
}

# Everything on its disk that a package may have to do with, and who is known there.
listing() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./run -o -path ./tmp -o -path ./var/log -o -path ./var/cache \
        -o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./root \) -prune -o -printf '%M %u %g %p\n' | grep -v -- '-$' | sort
    cat "$root/etc/passwd" "$root/etc/group")
}

called() { grep -qx "$1" "$root/root/called"; }

# It serves until it is asked to stop, and stops in order.
served() {
    local child code=1 address
    "${deputy[@]}" serve "${home[@]}" --port 0 >"$work/serve" 2>&1 &
    child=$!
    for _ in $(seq 150); do
        address=$(grep -om 1 '127.0.0.1:[0-9]*' "$work/serve" || true)
        [ -z "$address" ] || ! curl --silent --fail "http://$address/readyz" || { code=0 && break; }
        sleep 0.2
    done
    kill "$child" && wait "$child" || code=$?
    [ "$code" -eq 0 ] || cat "$work/serve"
    return "$code"
}

# What it asks of a service manager, had it one. Where dpkg looks: apt gives it a path of its own.
wants=etc/systemd/system/multi-user.target.wants
mkdir -p "$root/run/systemd/system" "$root/$wants"
for name in systemctl deb-systemd-invoke; do
    printf '#!/bin/sh\necho "%s $*" >>/root/called\n' "$name" >"$root/usr/bin/$name"
    chmod 755 "$root/usr/bin/$name"
done
touch "$root/root/called"

cp "$package" "$root/root/old.deb"
dpkg-deb --raw-extract "$package" "$work/newer"
sed -i 's/^Version: .*/&+1/' "$work/newer/DEBIAN/control"
dpkg-deb --root-owner-group --build "$work/newer" "$root/root/new.deb" >/dev/null
needed=$(dpkg-deb --field "$package" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
expect "its dependencies are in Debian" inside bash -c "apt-get -qq update && apt-get -qq install --no-install-recommends $needed"
listing >"$work/before"

echo "installed:"
expect "it installs" inside apt-get -qq install /root/old.deb
expect "the service manager reads its units anew" called 'systemctl --system daemon-reload'
expect "nothing is started or enabled by itself" bash -c "! grep -E 'start|enable' '$root/root/called'"
expect "its user has no shell and no password" inside bash -c \
    'getent passwd deputy | grep -q ":/var/lib/deputy:/usr/sbin/nologin$" && getent shadow deputy | grep -qE "^deputy:[!*]"'
expect "its home is closed to others" test "$(stat -c '%a %U' "$root/var/lib/deputy")" = "700 $(stat -c %U "$root/var/lib/deputy")"
expect "what dpkg knows of its files is so" inside dpkg --verify deputy
# As `systemctl enable` does.
ln -s /lib/systemd/system/deputy.service "$root/$wants/deputy.service"
expect "it makes a home" "${deputy[@]}" init acme --name Acme --domain acme.test "${home[@]}"
expect "it serves and is ready" served
expect "the home is well" "${deputy[@]}" doctor "${home[@]}"
expect "nobody else gets in" bash -c "! chroot '$root' setpriv --reuid=nobody --regid=nogroup --clear-groups ls /var/lib/deputy"

echo "upgraded:"
echo '# ours' >>"$root/etc/deputy/serve.env"
: >"$root/root/called"
find "$root/var/lib/deputy" -type f -exec sha256sum {} + | sort >"$work/data"
expect "it upgrades" inside apt-get -qq install -o Dpkg::Options::=--force-confold /root/new.deb
expect "what runs is restarted, and what doesn't isn't begun" called 'deb-systemd-invoke try-restart deputy.service'
expect "the service isn't stopped or disabled" bash -c "! grep -E ' (stop|disable) ' '$root/root/called'"
expect "changed settings stay" grep -qx '# ours' "$root/etc/deputy/serve.env"
kept() { find "$root/var/lib/deputy" -type f -exec sha256sum {} + | sort | diff "$work/data" -; }
expect "the home is untouched" kept
expect "it serves again" served
expect "the ledger verifies" "${deputy[@]}" ledger verify "${home[@]}"

echo "removed:"
find "$root/var/lib/deputy" -type f -exec sha256sum {} + | sort >"$work/data"
: >"$root/root/called"
expect "it goes" inside apt-get -qq remove deputy
expect "the service is stopped" called 'deb-systemd-invoke stop deputy.service'
expect "the program is gone" test ! -e "$root/usr/bin/deputy"
expect "the home stays" kept
expect "settings stay" test -e "$root/etc/deputy/serve.env"

echo "purged:"
expect "it goes" inside apt-get -qq purge deputy
cp "$work/said" "$work/purge"
expect "it says that the home stays" grep -q 'the home /var/lib/deputy stays' "$work/purge"
expect "the home stays" kept
expect "so does its user" inside getent passwd deputy
expect "settings are gone" test ! -e "$root/etc/deputy"
expect "it begins at no start of the machine" test ! -L "$root/$wants/deputy.service"
expect "it goes on where it stopped" inside apt-get -qq install /root/new.deb
expect "the home is well" "${deputy[@]}" doctor "${home[@]}"

echo "given up for good:"
rm -r "$root/var/lib/deputy" && mkdir -m 700 "$root/var/lib/deputy"
expect "it goes" inside apt-get -qq purge deputy
listing >"$work/after"
expect "nothing is left" diff "$work/before" "$work/after"
echo "==> the package behaves"
