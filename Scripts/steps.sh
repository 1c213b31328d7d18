# Sourced by the other scripts: moves to the repository's root and says what each long step is and how long it took.
# A step that fails ends the script with the step's own exit code.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# step LABEL COMMAND…: runs the command, its output untouched between two lines of ours.
step() {
    local label=$1 started=$SECONDS code=0
    shift
    echo "==> $label"
    "$@" || code=$?
    if [ "$code" -ne 0 ]; then
        echo "==> $label: failed after $((SECONDS - started)) s (exit code $code)" >&2
        exit "$code"
    fi
    echo "==> $label: $((SECONDS - started)) s"
}

# How a release is built, and what the benchmarks measure (decision 085).
optimised=(
    -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --icf=safe -Xlinker --no-export-dynamic
    -Xlinker -z -Xlinker now -Xlinker -z -Xlinker pack-relative-relocs
)

# refuse MESSAGE…: a plain message, one line for each argument, and exit code 2.
refuse() {
    printf '%s\n' "$@" >&2
    exit 2
}
