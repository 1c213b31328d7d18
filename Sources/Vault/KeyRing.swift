import Crypto
import Glibc
import Synchronization

/// The keys of one installation: one active key that seals, and older ones that only open.
///
/// Nothing is ever stored unsealed because a key is missing: without a readable key file there is no ring.
public final class KeyRing: Sendable {
    struct Held {
        var keys: [VaultKey]
        var active: VaultKey
        var keeper: RingKeeper
        /// Seconds since 1970 when the file was written last; nil for a ring in memory alone.
        var written: Int?
    }

    let held: Mutex<Held>

    /// Checks the rules of a ring: one active key, no key twice, not too many. `place` names the source in errors.
    init(_ keys: [VaultKey], place: String, keeper: RingKeeper = .memory) throws(VaultError) {
        let actives = keys.filter { $0.state == .active }
        guard let active = actives.first, actives.count == 1 else {
            throw VaultError(
                .keyFileInvalid, "`\(place)` has \(actives.count) active keys where one is needed",
                hint: "mark the newest key `active` and all others `decrypt-only`")
        }
        guard keys.count(where: { $0.state == .waiting }) <= 1 else {
            throw VaultError(
                .keyFileInvalid, "`\(place)` has several waiting keys", hint: "mark all but the newest `decrypt-only`")
        }
        guard keys.count <= VaultLimits.keys else {
            throw VaultError(.keyFileInvalid, "`\(place)` has more than \(VaultLimits.keys) keys")
        }
        guard Set(keys.map(\.id)).count == keys.count else {
            throw VaultError(.keyFileInvalid, "`\(place)` has the same key twice", hint: "remove one of the two lines")
        }
        held = Mutex(
            Held(keys: keys, active: active, keeper: keeper, written: keeper.path.flatMap(KeyFile.written)))
    }

    /// Reads the ring from the key file at `path`, and asks what its source needs. Blocks: a passphrase takes half a second,
    /// a token as long as it likes.
    ///
    /// Refused, with the path and the remedy in the error: a file that is missing, is a symbolic link or no regular
    /// file, belongs neither to this user nor to root, gives any right to group or others, is larger than
    /// ``VaultLimits/keyFileBytes``, or has a line that isn't a key; and a source that doesn't open it.
    public convenience init(file path: String, asking asker: any KeyAsker = NobodyToAsk()) throws(VaultError) {
        let keeper = try RingKeeper(path, asking: asker)
        try self.init(try Self.keys(keeper, path), place: path, keeper: keeper)
    }

    /// Makes a key file with one new key and returns its ring. Blocks as ``init(file:asking:)`` does.
    ///
    /// The file is new (an existing one is never touched), readable by this user alone, and on disk together with its
    /// folder's entry when this returns. Back it up apart from the database: without it nothing sealed opens again.
    ///
    /// - Parameter cost: log₂ of scrypt's N, for a passphrase.
    public static func create(
        at path: String, source: KeySource = .file, cost: Int = usualCost, asking asker: any KeyAsker = NobodyToAsk()
    ) throws(VaultError) -> KeyRing {
        let opened = try OpenedSource(making: source, cost: cost, asking: asker)
        let keeper: RingKeeper = if let opened { .sealed(path, opened) } else { .file(path) }
        let raw = SymmetricKey(size: .bits256)
        let key = VaultKey(raw: raw, state: .active)
        try KeyFile.create(path, try keeper.contents(KeyFile.render(raw, id: key.id, state: key.state)))
        return try KeyRing([key], place: path, keeper: keeper)
    }

    /// log₂ of scrypt's N where nobody says another: a guess takes 128 MiB.
    public static let usualCost = ScryptCost.usual

    static func keys(_ keeper: RingKeeper, _ path: String, at place: String? = nil) throws(VaultError) -> [VaultKey] {
        guard let text = try keeper.text(at: place) else { return [] }
        return try text.withBytes { (bytes) throws(VaultError) in try KeyFile.parse(bytes, path: path) }
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

    /// Where the keys come from; nil for a ring in memory alone.
    public var source: KeySource? { held.withLock { $0.keeper.source } }

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

    /// Writes the file and takes over what it holds, or neither.
    func change(
        adding raw: SymmetricKey?, _ body: (inout [VaultKey]) throws(VaultError) -> Void
    ) throws(VaultError) {
        try held.withLock { (held) throws(VaultError) in
            var keys = held.keys
            try body(&keys)
            guard let active = keys.first(where: { $0.state == .active }) else {
                throw VaultError(.keyFileInvalid, "a ring needs an active key")
            }
            try KeyFile.rewrite(held.keeper, from: held.keys, to: keys, adding: raw)
            held.keys = keys
            held.active = active
            held.written = held.keeper.path.flatMap(KeyFile.written)
        }
    }

    /// The source that the key file at `path` names, without opening it.
    public static func source(of path: String) throws(VaultError) -> KeySource {
        try KeyFile.read(path).withBytes { (bytes) throws(VaultError) in
            SealedRing.isSealed(bytes) ? try SealedRing(bytes, path: path).head.source : .file
        }
    }

    /// The key file as it stands, where it is sealed; nothing where the keys lie open in it.
    func sealedFile() throws(VaultError) -> [UInt8] {
        guard case .sealed(let path, _) = held.withLock({ $0.keeper }) else { return [] }
        return try KeyFile.read(path).withBytes { Array($0) }
    }

    /// Keeps the ring elsewhere from now on.
    ///
    /// - Parameter body: writes the file for the keys that are held.
    func keep(
        _ body: (_ keeper: RingKeeper, _ ids: [KeyID]) throws(VaultError) -> RingKeeper
    ) throws(VaultError) {
        try held.withLock { (held) throws(VaultError) in
            held.keeper = try body(held.keeper, held.keys.map(\.id))
        }
    }
}
