/// Where the keys of a ring are kept, and what opens them there.
enum RingKeeper: Sendable {
    /// In this process alone.
    case memory
    case file(String)
    case sealed(String, OpenedSource)

    /// Reads the key file at `path`, and asks what its source needs.
    init(_ path: String, asking asker: any KeyAsker) throws(VaultError) {
        let text = try KeyFile.read(path)
        let head = try text.withBytes { (bytes) throws(VaultError) -> SealedRingHead? in
            SealedRing.isSealed(bytes) ? try SealedRing(bytes, path: path).head : nil
        }
        self = if let head { .sealed(path, try OpenedSource(head, asking: asker)) } else { .file(path) }
    }

    var path: String? {
        switch self {
        case .memory: nil
        case .file(let path), .sealed(let path, _): path
        }
    }

    /// Nil for a ring in memory alone.
    var source: KeySource? {
        switch self {
        case .memory: nil
        case .file: .file
        case .sealed(_, let source): source.head.source
        }
    }

    /// The text of a plain key file with the keys that are kept; nil for a ring in memory alone.
    ///
    /// - Parameter place: another file that is kept the same way; nil for the ring's own.
    func text(at place: String? = nil) throws(VaultError) -> Secret? {
        switch self {
        case .memory: return nil
        case .file(let path): return try KeyFile.read(place ?? path)
        case .sealed(let path, let source):
            return try Self.sealedRing(place ?? path).text(source)
        }
    }

    /// What the file holds that keeps `text`.
    func contents(_ text: consuming Secret) throws(VaultError) -> Secret {
        switch self {
        case .memory, .file: return text
        case .sealed(_, let source): return Self.secret(try SealedRing(text, by: source))
        }
    }

    static func sealedRing(_ path: String) throws(VaultError) -> SealedRing {
        try KeyFile.read(path).withBytes { (bytes) throws(VaultError) in
            guard SealedRing.isSealed(bytes) else {
                throw VaultError(
                    .keyFileInvalid, "`\(path)` was changed since this process read it",
                    hint: "start the gateway again, and then change the keys")
            }
            return try SealedRing(bytes, path: path)
        }
    }

    static func secret(_ ring: SealedRing) -> Secret {
        var bytes = ring.bytes
        return Secret(consuming: &bytes)
    }
}
