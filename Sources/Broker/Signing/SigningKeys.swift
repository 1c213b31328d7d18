public import Authority
public import Gate
import Ledger
public import Vault
public import Wire

/// The sealed keys that sign ID tokens, as one record.
public protocol SigningKeyStore: Sendable {
    func signingKeys() async throws -> [UInt8]?
}

/// What changes of them.
public enum SigningKeyChange: StoredChange {
    case keep([UInt8])
}

/// Signs ID tokens (RFC 7519) with keys that change, and publishes the public halves (RFC 7517). A key that was followed by
/// another stays published until nothing that it signed is still good.
public struct SigningKeys: Sendable {
    private let store: any SigningKeyStore & Commits
    private let keys: KeyRing
    private let organization: OrganizationID
    private let world: World

    /// A key signs for so long.
    static let activeSeconds: Int64 = 90 * 86_400
    /// And is published for so long after: longer than anything lasts that it signed.
    static let publishedSeconds: Int64 = 86_400

    public init(
        store: any SigningKeyStore & Commits, keys: KeyRing, organization: OrganizationID, world: World
    ) {
        self.store = store
        self.keys = keys
        self.organization = organization
        self.world = world
    }

    /// The claims as a signed JWT, in the compact form.
    public func sign(_ claims: JSONObject) async throws(BrokerError) -> String {
        let (id, key) = try await active()
        let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": .string(id)]
        let signed = "\(Base64.encodeURL(header.bytes())).\(Base64.encodeURL(JSON.object(claims).bytes()))"
        do throws(VaultError) {
            return "\(signed).\(Base64.encodeURL(try key.signature(over: Array(signed.utf8))))"
        } catch {
            throw BrokerError(.unavailable, error.message)
        }
    }

    /// The public halves of all keys with which something may be signed that is still good; one is made where there is none.
    public func published() async throws(BrokerError) -> JSON {
        var all = try await read()
        if all.isEmpty {
            _ = try await active()
            all = try await read()
        }
        return ["keys": .array(all.indices.filter { isPublished(all, $0) }.map { all[$0].jwk })]
    }

    /// Signs with a new key from now on.
    public func rotate(by administrator: String) async throws(BrokerError) -> String {
        for _ in 0..<8 {
            let unmoved = await store.reading(.home)
            if let made = try await add(to: try await read(), under: unmoved, by: administrator) { return made.id }
        }
        throw BrokerError.crossed
    }

    private func active() async throws(BrokerError) -> (id: String, key: RSASigningKey) {
        for _ in 0..<8 {
            let unmoved = await store.reading(.home)
            let all = try await read()
            if let newest = all.last, case .rsa(let key) = newest.key,
                world.now() < newest.created.adding(seconds: SigningKeys.activeSeconds)
            {
                return (newest.id, key)
            }
            if let made = try await add(to: all, under: unmoved, by: "gateway") { return made }
        }
        throw BrokerError.crossed
    }

    private func isPublished(_ all: [StoredKey], _ index: Int) -> Bool {
        let next = all.index(after: index)
        guard next < all.endIndex else { return true }
        return world.now() < all[next].created.adding(seconds: SigningKeys.publishedSeconds)
    }

    /// - Returns: nil when something else was changed meanwhile.
    private func add(
        to all: [StoredKey], under unmoved: EpochReading, by administrator: String
    ) async throws(BrokerError) -> (id: String, key: RSASigningKey)? {
        let key: RSASigningKey
        do throws(VaultError) { key = try RSASigningKey() } catch { throw BrokerError(.unavailable, error.message) }
        let made = StoredKey(id: Base64.encodeURL(randomBytes(12)), key: .rsa(key), created: world.now())
        let kept = all.indices.filter { isPublished(all + [made], $0) }.map { all[$0] } + [made]
        do {
            let sealed = try keys.sealPayload(
                JSON.array(kept.map(\.stored)).bytes(), id: SealedValue.signingKeys.sealID)
            let leaf = try Leaf(
                kind: .authority, time: world.now().microseconds,
                fields: ["change": "signing-key.made", "by": .string(administrator), "key": .string(made.id)])
            try await store.commit(
                Transaction(
                    requires: [unmoved], bumps: [.home], changes: [SigningKeyChange.keep(sealed)],
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
            return (made.id, key)
        } catch CommitError.moved {
            return nil
        } catch {
            throw BrokerError(.unavailable, "the signing keys can't be written", hint: "see `deputy doctor`")
        }
    }

    private func read() async throws(BrokerError) -> [StoredKey] {
        do {
            guard let sealed = try await store.signingKeys() else { return [] }
            let stored = try JSON.parse(try keys.openPayload(sealed, id: SealedValue.signingKeys.sealID))
            let all = (stored.arrayValue ?? []).compactMap(StoredKey.init(stored:))
            if !all.isEmpty { return all }
        } catch {
            throw BrokerError(.unavailable, "the signing keys can't be opened", hint: "see `deputy doctor`")
        }
        throw BrokerError(.unavailable, "the signing keys can't be read", hint: "see `deputy doctor`")
    }
}

private struct StoredKey {
    enum Key {
        /// Of before: it signs no more, and is published for as long as what it signed is good.
        case ec(SigningKey)
        case rsa(RSASigningKey)
    }

    let id: String
    let key: Key
    let created: Timestamp
}

extension StoredKey {
    fileprivate init?(stored: JSON) {
        guard let id = stored["id"]?.stringValue, let created = stored["created"]?.integerValue,
            let bytes = stored["key"]?.stringValue.flatMap({ Base64.decode($0) })
        else { return nil }
        let key: Key? =
            stored["alg"]?.stringValue == "RS256"
            ? RSASigningKey(der: bytes).map(Key.rsa) : SigningKey(bytes: bytes).map(Key.ec)
        guard let key else { return nil }
        self.init(id: id, key: key, created: Timestamp(microseconds: created))
    }

    /// With the secret: for sealing alone.
    fileprivate var stored: JSON {
        var object: JSONObject = ["id": .string(id), "created": .number(JSONNumber(created.microseconds))]
        switch key {
        case .ec(let key): object["key"] = .string(Base64.encode(key.bytes))
        case .rsa(let key):
            object["alg"] = "RS256"
            object["key"] = .string(Base64.encode(key.der))
        }
        return .object(object)
    }

    fileprivate var jwk: JSON {
        switch key {
        case .ec(let key):
            [
                "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(id),
                "x": .string(Base64.encodeURL(key.x)), "y": .string(Base64.encodeURL(key.y)),
            ]
        case .rsa(let key):
            [
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id),
                "n": .string(Base64.encodeURL(key.n)), "e": .string(Base64.encodeURL(key.e)),
            ]
        }
    }
}
