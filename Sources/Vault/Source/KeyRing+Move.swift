import Glibc

extension KeyRing {
    /// Takes the keys to another source, or changes the passphrase: nothing that they seal is opened or written again.
    ///
    /// The new file is written beside the old one, read back through the new source, and then takes its place in one step:
    /// whenever the process dies, either source opens its whole file. Blocks as ``init(file:asking:)`` does.
    ///
    /// - Parameters:
    ///   - cost: log₂ of scrypt's N, for a passphrase.
    ///   - ready: called when the new file is on disk and was read back, and the old one still counts.
    ///   - replaced: called when the new one counts.
    public func move(
        to source: KeySource, cost: Int = usualCost, asking asker: any KeyAsker, ready: () -> Void = {},
        replaced: () -> Void = {}
    ) throws(VaultError) {
        try keep { (old, ids) throws(VaultError) in
            guard let path = old.path else { return old }
            guard source != old.source || source == .passphrase else {
                throw VaultError(.sourceInvalid, "the keys come from `\(source)` already")
            }
            let opened = try OpenedSource(making: source, cost: cost, asking: asker)
            let new: RingKeeper = if let opened { .sealed(path, opened) } else { .file(path) }
            let plain = old.source == .file ? try OldText(path) : nil
            try KeyFile.replace(path, with: try Self.contents(old, new, path)) { (draft) throws(VaultError) in
                guard try Self.keys(new, path, at: draft).map(\.id) == ids else {
                    throw VaultError(
                        .keyFileInvalid, "`\(path)` was changed since this process read it",
                        hint: "nothing was moved; try again")
                }
                ready()
            }
            replaced()
            plain?.overwrite()
            return new
        }
    }

    /// Between two sealed files the root alone is opened.
    private static func contents(_ old: RingKeeper, _ new: RingKeeper, _ path: String) throws(VaultError) -> Secret {
        if case .sealed(_, let from) = old, case .sealed(_, let to) = new {
            return RingKeeper.secret(try RingKeeper.sealedRing(path).rewrapped(from: from, to: to))
        }
        guard let text = try old.text() else {
            throw VaultError(.keyFileInvalid, "the keys are in this process alone")
        }
        return try new.contents(text)
    }
}

/// A file of open keys that is about to lose its name. It is overwritten then, which reaches the same blocks on most file
/// systems; on those that write elsewhere, and in copies, the old bytes stay.
private final class OldText {
    private let descriptor: Int32
    private let count: Int

    init(_ path: String) throws(VaultError) {
        descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw KeyFile.unusable(path, "open") }
        count = Int(status.st_size)
    }

    func overwrite() {
        let zeros = [UInt8](repeating: 0, count: count)
        _ = pwrite(descriptor, zeros, count, 0)
        fsync(descriptor)
    }

    deinit {
        close(descriptor)
    }
}
