import Crypto
import Glibc
import Synchronization

/// The keys of one installation: one active key that seals, and older ones that only open.
///
/// Nothing is ever stored unsealed because a key is missing: without a readable key file there is no ring.
public final class KeyRing: Sendable {
    private struct Held {
        var keys: [VaultKey]
        var active: VaultKey
        /// Seconds since 1970 when the file was written last; nil for a ring in memory alone.
        var written: Int?
    }

    private let held: Mutex<Held>
    /// Where the keys are kept; nil for a ring in memory alone.
    private let path: String?

    /// Checks the rules of a ring: one active key, no key twice, not too many. `place` names the source in errors.
    init(_ keys: [VaultKey], place: String, path: String? = nil) throws(VaultError) {
        let actives = keys.filter { $0.state == .active }
        guard let active = actives.first, actives.count == 1 else {
            throw VaultError(
                .keyFileInvalid, "`\(place)` has \(actives.count) active keys where one is needed",
                hint: "mark the newest key `active` and all others `decrypt-only`")
        }
        guard keys.count <= VaultLimits.keys else {
            throw VaultError(.keyFileInvalid, "`\(place)` has more than \(VaultLimits.keys) keys")
        }
        guard Set(keys.map(\.id)).count == keys.count else {
            throw VaultError(.keyFileInvalid, "`\(place)` has the same key twice", hint: "remove one of the two lines")
        }
        held = Mutex(Held(keys: keys, active: active, written: path.flatMap(KeyFile.written)))
        self.path = path
    }

    /// Reads the ring from the key file at `path`.
    ///
    /// Refused, with the path and the remedy in the error: a file that is missing, is a symbolic link or no regular
    /// file, belongs neither to this user nor to root, gives any right to group or others, is larger than
    /// ``VaultLimits/keyFileBytes``, or has a line that isn't a key.
    public convenience init(file path: String) throws(VaultError) {
        let text = try KeyFile.read(path)
        let keys = try text.withBytes { (bytes) throws(VaultError) in try KeyFile.parse(bytes, path: path) }
        try self.init(keys, place: path, path: path)
    }

    /// Makes a key file with one new key and returns its ring.
    ///
    /// The file is new (an existing one is never touched), readable by this user alone, and on disk together with its
    /// folder's entry when this returns. Back it up apart from the database: without it nothing sealed opens again.
    public static func create(at path: String) throws(VaultError) -> KeyRing {
        let raw = SymmetricKey(size: .bits256)
        let key = VaultKey(raw: raw, state: .active)
        try KeyFile.create(path, KeyFile.render(raw, id: key.id, state: key.state))
        return try KeyRing([key], place: path, path: path)
    }

    /// A ring with one new key that is written nowhere: what it seals can't be opened once it is gone.
    public static func ephemeral() throws(VaultError) -> KeyRing {
        try KeyRing([VaultKey(raw: SymmetricKey(size: .bits256), state: .active)], place: "a new ring")
    }

    /// The key that seals.
    public var activeKey: KeyID { active.id }

    /// All keys with their states, in the order of the file.
    public var keyStates: [(id: KeyID, state: KeyState)] { keys.map { ($0.id, $0.state) } }

    /// How long ago the keys were changed last, by the time of their file; nil for a ring in memory alone.
    public var sinceChange: Duration? {
        held.withLock { $0.written }.map { .seconds(max(0, time(nil) - $0)) }
    }

    var keys: [VaultKey] { held.withLock { $0.keys } }
    var active: VaultKey { held.withLock { $0.active } }

    func key(_ id: KeyID) throws(VaultError) -> VaultKey {
        for key in keys where key.id == id {
            return key
        }
        throw VaultError(
            .unknownKey, "the record was sealed with key `\(id)`, which is not in the key file",
            hint: "restore the key file that belongs to this database, or add that key to it as `decrypt-only`")
    }

    /// Makes a key and seals with it from now on; the one before it only opens. The file is replaced as a whole: a crash
    /// leaves the old one or the new one.
    ///
    /// Throws `keyInUse` when the ring is full, and `keyFileInvalid` when the file was changed since it was read.
    public func rotate() throws(VaultError) -> KeyID {
        let raw = SymmetricKey(size: .bits256)
        let key = VaultKey(raw: raw, state: .active)
        try change(adding: raw) { (keys) throws(VaultError) in
            guard keys.count < VaultLimits.keys else {
                throw VaultError(
                    .keyInUse, "the ring has \(keys.count) keys, which is the most",
                    hint: "retire old ones with `deputy keys retire ID`")
            }
            for index in keys.indices { keys[index].state = .decryptOnly }
            keys.append(key)
        }
        return key.id
    }

    /// Forgets a key that only opens. What it sealed, backups among it, opens no more.
    ///
    /// Throws `unknownKey`, or `keyInUse` for the active key. Whether anything is still sealed with it is the caller's to
    /// know.
    public func retire(_ id: KeyID) throws(VaultError) {
        try change(adding: nil) { (keys) throws(VaultError) in
            guard let index = keys.firstIndex(where: { $0.id == id }) else {
                throw VaultError(.unknownKey, "no key of the ring is called `\(id)`", hint: "see `deputy keys list`")
            }
            guard keys[index].state != .active else {
                throw VaultError(
                    .keyInUse, "`\(id)` is the key that seals", hint: "make another with `deputy keys rotate` first")
            }
            keys.remove(at: index)
        }
    }

    private func change(
        adding raw: SymmetricKey?, _ body: (inout [VaultKey]) throws(VaultError) -> Void
    ) throws(VaultError) {
        try held.withLock { (held) throws(VaultError) in
            var keys = held.keys
            try body(&keys)
            guard let active = keys.first(where: { $0.state == .active }) else {
                throw VaultError(.keyFileInvalid, "a ring needs an active key")
            }
            if let path { try KeyFile.rewrite(path, from: held.keys, to: keys, adding: raw) }
            held.keys = keys
            held.active = active
            held.written = path.flatMap(KeyFile.written)
        }
    }
}
