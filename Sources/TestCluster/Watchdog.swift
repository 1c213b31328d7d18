import Foundation

/// Stops a server and removes its folder when this process ends, in whatever way it ends: a shell waits at the other end of
/// a pipe that nobody else holds.
final class Watchdog: Sendable {
    private static let script = """
        read -r _
        pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
        if [ -n "$pid" ] && grep -qs postgres "/proc/$pid/comm"; then
            kill -QUIT "$pid"
            for _ in $(seq 200); do [ -e "/proc/$pid" ] || break; sleep 0.05; done
        fi
        rm -rf "$1"
        """

    private let end: Int32

    init(over folder: String) throws {
        var ends: [Int32] = [0, 0]
        // Otherwise every process that is started later would keep the pipe open.
        guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else {
            throw TestClusterError("no pipe can be made")
        }
        end = ends[1]
        defer { close(ends[0]) }
        // In a session of its own, so that what ends this process's group leaves it alone; and nobody's child here: a child
        // that has ended and isn't waited for holds up every exit test.
        try Spawn.run(["/usr/bin/setsid", "--fork", "/bin/sh", "-c", Self.script, "sh", folder], input: ends[0])
    }

    deinit { close(end) }
}
