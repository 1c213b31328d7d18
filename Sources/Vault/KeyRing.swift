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
        var keeper: RingKeeper
        /// Seconds since 1970 when the file was written last; nil for a ring in memory alone.
        var written: Int?
    }

    private let held: Mutex<Held>

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

    /// Seals from now on with the key that waits, or with a new one; the one before it only opens. The file is replaced as a
    /// whole: a crash leaves the old one or the new one.
    ///
    /// Throws `keyInUse` when the ring is full, and `keyFileInvalid` when the file was changed since it was read.
    public func rotate() throws(VaultError) -> KeyID {
        if let waiting {
            try activate(waiting)
            return waiting
        }
        return try append(.active)
    }

    /// Makes a key that is to seal once every gateway has it.
    ///
    /// Throws as ``rotate()`` does, and `keyInUse` when one waits already.
    public func add() throws(VaultError) -> KeyID {
        if let waiting {
            throw VaultError(
                .keyInUse, "`\(waiting)` waits already",
                hint: "copy the key file to every gateway, then `deputy keys rotate`")
        }
        return try append(.waiting)
    }

    /// The key that is to seal once every gateway has it.
    public var waiting: KeyID? { keys.first { $0.state == .waiting }?.id }

    private func append(_ state: KeyState) throws(VaultError) -> KeyID {
        let raw = SymmetricKey(size: .bits256)
        let key = VaultKey(raw: raw, state: state)
        try change(adding: raw) { (keys) throws(VaultError) in
            guard keys.count < VaultLimits.keys else {
                throw VaultError(
                    .keyInUse, "the ring has \(keys.count) keys, which is the most",
                    hint: "retire old ones with `deputy keys retire ID`")
            }
            if state == .active {
                for index in keys.indices { keys[index].state = .decryptOnly }
            }
            keys.append(key)
        }
        return key.id
    }

    /// Seals with a key of the ring from now on.
    ///
    /// Throws `unknownKey`, and `keyFileInvalid` when the file was changed since it was read.
    public func activate(_ id: KeyID) throws(VaultError) {
        guard id != activeKey else { return }
        _ = try key(id)
        try change(adding: nil) { keys in
            for index in keys.indices {
                if keys[index].id == id {
                    keys[index].state = .active
                } else if keys[index].state == .active {
                    keys[index].state = .decryptOnly
                }
            }
        }
    }

    /// Whether the key file was written by somebody else, or another key seals the database that `canary` was read from.
    public func isBehind(_ canary: [UInt8]) -> Bool {
        let (path, written) = held.withLock { ($0.keeper.path, $0.written) }
        return path.map { KeyFile.written($0) != written || RecordHeader(canary)?.keyID != activeKey } ?? false
    }

    /// Takes over what somebody put into the key file, if it belongs to the database that `canary` was read from. Not while
    /// the ring is changed. Blocks.
    ///
    /// - Returns: whether anything changed.
    /// - Throws: what ``init(file:asking:)`` and ``checkCanary(_:)`` throw; the ring stays as it was then.
    public func follow(_ canary: [UInt8]) throws(VaultError) -> Bool {
        let (keeper, known) = held.withLock { ($0.keeper, $0.keys) }
        guard let path = keeper.path, isBehind(canary) else { return false }
        let ring = try KeyRing(try Self.keys(keeper, path), place: path, keeper: keeper)
        try ring.checkCanary(canary)
        guard ring.keyStates.map(\.id) != known.map(\.id) || ring.activeKey != activeKey else {
            held.withLock { $0.written = ring.held.withLock(\.written) }
            return false
        }
        let fresh = ring.held.withLock { $0 }
        held.withLock { held in
            (held.keys, held.active, held.written) = (fresh.keys, fresh.active, fresh.written)
        }
        return true
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
            try KeyFile.rewrite(held.keeper, from: held.keys, to: keys, adding: raw)
            held.keys = keys
            held.active = active
            held.written = held.keeper.path.flatMap(KeyFile.written)
        }
    }

    /// Shows that the key file still holds these keys and that its source still opens it. Blocks.
    public func check() throws(VaultError) {
        let (keeper, ids) = held.withLock { ($0.keeper, $0.keys.map(\.id)) }
        guard let path = keeper.path else { return }
        guard try Self.keys(keeper, path).map(\.id) == ids else {
            throw VaultError(
                .keyFileInvalid, "`\(path)` was changed since this process read it", hint: "start the gateway again")
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
