import Authority
public import Definition
public import Gate
public import Vault

/// Opens the secret of exactly the connection that a permit names.
public struct SealedCredentials: CredentialSource {
    private let store: any ConnectionStore
    private let keys: KeyRing
    private let fingerprints: Fingerprints
    private let placements: [ProviderID: Placement]

    public init(store: any ConnectionStore, keys: KeyRing, fingerprints: Fingerprints, providers: ProviderShelf) {
        self.store = store
        self.keys = keys
        self.fingerprints = fingerprints
        placements = Dictionary(uniqueKeysWithValues: providers.all.map { ($0.provider, $0.credential.placement) })
    }

    public func credential(for use: ConnectionUse) async throws(CredentialError) -> Credential {
        let record: ConnectionRecord?
        do {
            record = try await store.connection(use.facts.id)
        } catch {
            throw .unreadable("the store can't be read")
        }
        guard let record, record.health == .healthy else { throw .gone }
        guard record.owner == use.facts.owner, record.organization == use.organization,
            record.provider == use.facts.provider, record.origin == use.origin, record.generation == use.generation,
            let placement = placements[use.facts.provider] ?? (record.kind == ConnectionDesk.remoteKind ? .bearer : nil)
        else { throw .notAsJudged }
        let secret: Secret
        do throws(VaultError) {
            // The context is the permit's, not the row's: a secret that was put under another owner doesn't open.
            secret = try keys.open(SealedSecret(bytes: record.sealed), use.sealContext(kind: record.kind))
        } catch {
            throw .sealBroken(error)
        }
        // A secret of the same owner and connection, but not the one that was judged.
        guard fingerprints.of(secret) == use.fingerprint else { throw .notAsJudged }
        return Credential(placement: placement, secret: secret)
    }
}

extension CredentialPresentation {
    var placement: Placement {
        switch self {
        case .bearer: .bearer
        case .apiKey(let header): .header(header)
        case .basic: .basic
        }
    }
}
