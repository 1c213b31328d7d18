import Crypto

/// The keys of one installation: one active key that seals, and older ones that only open.
///
/// Nothing is ever stored unsealed because a key is missing: without a readable key file there is no ring.
public final class KeyRing: Sendable {
    let keys: [VaultKey]
    let active: VaultKey

    /// Checks the rules of a ring: one active key, no key twice, not too many. `place` names the source in errors.
    init(_ keys: [VaultKey], place: String) throws(VaultError) {
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
        self.keys = keys
        self.active = active
    }

    /// Reads the ring from the key file at `path`.
    ///
    /// Refused, with the path and the remedy in the error: a file that is missing, is a symbolic link or no regular
    /// file, belongs neither to this user nor to root, gives any right to group or others, is larger than
    /// ``VaultLimits/keyFileBytes``, or has a line that isn't a key.
    public convenience init(file path: String) throws(VaultError) {
        let text = try KeyFile.read(path)
        let keys = try text.withBytes { (bytes) throws(VaultError) in try KeyFile.parse(bytes, path: path) }
        try self.init(keys, place: path)
    }

    /// Makes a key file with one new key and returns its ring.
    ///
    /// The file is new (an existing one is never touched), readable by this user alone, and on disk together with its
    /// folder's entry when this returns. Back it up apart from the database: without it nothing sealed opens again.
    public static func create(at path: String) throws(VaultError) -> KeyRing {
        let raw = SymmetricKey(size: .bits256)
        let key = VaultKey(raw: raw, state: .active)
        try KeyFile.create(path, KeyFile.render(raw, id: key.id, state: key.state))
        return try KeyRing([key], place: path)
    }

    /// A ring with one new key that is written nowhere: what it seals can't be opened once it is gone.
    public static func ephemeral() throws(VaultError) -> KeyRing {
        try KeyRing([VaultKey(raw: SymmetricKey(size: .bits256), state: .active)], place: "a new ring")
    }

    /// The key that seals.
    public var activeKey: KeyID { active.id }

    /// All keys with their states, in the order of the file.
    public var keyStates: [(id: KeyID, state: KeyState)] { keys.map { ($0.id, $0.state) } }

    func key(_ id: KeyID) throws(VaultError) -> VaultKey {
        for key in keys where key.id == id {
            return key
        }
        throw VaultError(
            .unknownKey, "the record was sealed with key `\(id)`, which is not in the key file",
            hint: "restore the key file that belongs to this database, or add that key to it as `decrypt-only`")
    }
}
