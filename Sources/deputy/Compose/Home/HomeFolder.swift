import FoundationEssentials
import Glibc

/// The folders of a home, which are their owner's alone.
enum HomeFolder {
    /// What may lie in a folder before a home is made there.
    private static let welcome: Set<String> = [
        "keys", "providers", "workspaces", "log-level", "deputy.sqlite.lock", "lost+found",
    ]

    /// Others' files would be closed to everybody else with the folder.
    static func checkUnused(_ paths: HomePaths) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: paths.root)) ?? []
        guard let strange = names.sorted().first(where: { !welcome.contains($0) }) else { return }
        throw CommandFailure(
            .homeUnusable, "not_empty", "`\(paths.root)` isn't empty: it has `\(strange)`",
            hint: "name a folder that is empty, or isn't there yet, with `--home`")
    }

    /// With those above it, where they aren't there.
    static func make(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part
            guard mkdir(made, 0o700) == 0 || isFolder(made) else {
                throw CommandFailure(
                    .homeUnusable, "folder", "the folder `\(made)` can't be made: \(String(cString: strerror(errno)))",
                    hint: "name another with `--home`")
            }
            made += "/"
        }
        guard chmod(path, 0o700) == 0 else {
            throw CommandFailure(
                .homeUnusable, "permissions", "`\(path)` can't be closed to others", hint: "make yourself its owner")
        }
    }

    /// `errno` stays as it was.
    private static func isFolder(_ path: String) -> Bool {
        let code = errno
        defer { errno = code }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// - Throws: `CommandFailure` where a home's folders aren't there or aren't closed.
    static func check(_ paths: HomePaths, isShared: Bool) throws {
        try check(paths.root)
        var status = stat()
        guard !isShared || lstat(paths.keys, &status) == 0 else {
            throw CommandFailure(
                .homeUnusable, "no_keys", "there are no keys at `\(paths.keys)`",
                hint: "gateways of one database have the same keys: copy `keys/` and `providers/` of another one's home"
            )
        }
        try check(paths.keys)
    }

    static func check(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw CommandFailure(
                .homeUnusable, "no_home", "`\(path)` isn't a folder",
                hint: "name the home's folder with `--home`, or put this one back from a copy")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandFailure(
                .homeUnusable, "permissions", "`\(path)` is open to other users", hint: "run `chmod 700 \(path)`")
        }
        guard status.st_uid == geteuid() || geteuid() == 0 else { throw foreign(path) }
    }

    /// There is none, or none that this user may look into.
    static func missing(_ paths: HomePaths) -> CommandFailure {
        var status = stat()
        if stat(paths.database, &status) != 0, errno == EACCES { return foreign(paths.root) }
        return CommandFailure(
            .homeUnusable, "no_home", "there is no home at `\(paths.root)`",
            hint: "make one with `deputy init NAME --domain example.org`, or name another with `--home`")
    }

    private static func foreign(_ path: String) -> CommandFailure {
        CommandFailure(
            .homeUnusable, "permissions", "`\(path)` belongs to another user",
            hint: "run this as the user of the gateway, such as `sudo -u deputy deputy …`")
    }
}
