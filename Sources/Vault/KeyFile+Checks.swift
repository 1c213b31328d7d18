import Glibc

extension KeyFile {
    /// The rules for the file itself, taken from the open descriptor so that nobody can swap it in between.
    ///
    /// - Parameter isHanded: whether the service manager made it. Where it lets the service read by an access list, the
    ///   mode shows a right of the group, which is root's own then.
    static func check(_ status: stat, _ path: String, isHanded: Bool = false) throws(VaultError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw VaultError(.keyFileExposed, "`\(path)` is not a regular file")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw VaultError(
                .keyFileExposed, "`\(path)` belongs to user \(status.st_uid), not to this one (\(geteuid())) or root",
                hint: "chown it to the user that runs the gateway")
        }
        let isListed = isHanded && status.st_uid == 0 && status.st_gid == 0
        let exposed = status.st_mode & (isListed ? 0o037 : 0o077)
        guard exposed == 0 else {
            throw VaultError(
                .keyFileExposed,
                "`\(path)` has the mode 0\(String(status.st_mode & 0o777, radix: 8)), which lets others in",
                hint: "run `chmod 600 \(path)`, and replace the key if others use this machine")
        }
        guard status.st_size <= VaultLimits.keyFileBytes else {
            throw VaultError(
                .keyFileInvalid,
                "`\(path)` has \(status.st_size) bytes; a key file has at most "
                    + "\(VaultLimits.keyFileBytes)")
        }
    }

    static func cannotOpen(_ path: String, _ number: Int32) -> VaultError {
        switch number {
        case ENOENT, ENOTDIR:
            VaultError(
                .keyFileMissing, "there is no key file at `\(path)`",
                hint: "put back the one that belongs to this home; a new home gets one from its first start")
        case ELOOP:
            VaultError(
                .keyFileExposed, "`\(path)` is a symbolic link", hint: "put the key file itself there")
        default:
            VaultError(.keyFileUnusable, "cannot open `\(path)`: \(systemError(number))")
        }
    }

    static func unusable(_ path: String, _ verb: String) -> VaultError {
        VaultError(.keyFileUnusable, "cannot \(verb) `\(path)`: \(systemError())")
    }
}
