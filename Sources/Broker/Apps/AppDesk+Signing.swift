public import Authority
import Definition
import Gate
public import OAuth
import Vault
import Wire

// An app that signs instead of keeping a secret with the provider.
extension AppDesk {
    /// - Parameters:
    ///   - ends: when it ends, where the provider said so; its certificate's own end counts too.
    ///   - replaces: whether it may take the place of the one that is there.
    /// - Throws: `refused` for a key that another server knows us by: what is made out for one could be used at the other.
    public func add(
        _ provider: ProviderID, in organization: OrganizationID, clientID: String, key: ClientKey,
        ends: Timestamp? = nil,
        replaces: Bool, of agent: AgentID? = nil, appID: String? = nil, by: String
    ) async throws(BrokerError) -> AppRecord {
        try await check(key, at: provider, in: organization)
        var bytes = key.stored.bytes()
        return try await add(
            provider, in: organization, clientID: clientID, authentication: .privateKey, secret: &bytes,
            ends: key.end(ends), replaces: replaces, of: agent, appID: appID, by: by)
    }

    /// Takes a new key, like a new secret.
    public func rotate(
        _ provider: ProviderID, in organization: OrganizationID, of agent: AgentID? = nil, key: ClientKey,
        ends: Timestamp?, by: String
    ) async throws(BrokerError) -> AppRecord {
        let (record, unmoved) = try await current(provider, organization, agent)
        guard record.authentication == .privateKey else {
            throw BrokerError(
                .invalid, "`\(provider)` knows \(record.whose) by a secret and not by a key",
                hint: "give the new secret, or change over with `deputy apps add \(provider) --replace`")
        }
        try await check(key, at: provider, in: organization)
        var bytes = key.stored.bytes()
        return try await replace(in: record, by: &bytes, ends: key.end(ends), under: unmoved, by: by)
    }

    private func check(
        _ key: ClientKey, at provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) {
        let server = try await server(of: provider, in: organization)
        do throws(GrantFault) {
            _ = try AssertionAudience(server.assertions, of: server)
        } catch {
            throw BrokerError(.invalid, error.message, hint: error.hint)
        }
        for record in try await list(in: organization)
        where record.authentication == .privateKey && record.provider != provider {
            // One that isn't there any more keeps its key.
            guard try await knownServer(of: record.provider, in: organization)?.token != server.token else { continue }
            guard try self.key(of: record).key.thumbprint != key.key.thumbprint else {
                throw BrokerError(
                    .refused, "`\(record.provider)` knows this home by this key already",
                    hint: "make a key for `\(provider)` alone: what is signed for one could be used at the other")
            }
        }
    }

    private func knownServer(
        of provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> AuthorizationServer? {
        do throws(BrokerError) {
            return try await server(of: provider, in: organization)
        } catch {
            guard error.code == .unknown || error.code == .invalid else { throw error }
            return nil
        }
    }

    func signing(_ record: AppRecord, _ bytes: [UInt8]) async throws(BrokerError) -> ProviderApp {
        let key = try key(in: bytes)
        let server = try await server(of: record.provider, in: record.organization)
        let audience: AssertionAudience
        do throws(GrantFault) {
            audience = try AssertionAudience(server.assertions, of: server)
        } catch {
            throw BrokerError(.invalid, error.message, hint: error.hint)
        }
        let assertion = ClientAssertion(clientID: record.clientID, audience: audience, key: key)
        return ProviderApp(
            organization: record.organization, provider: record.provider, clientID: record.clientID,
            authentication: .privateKey, secret: nil,
            signer: AppSigner(assertion, now: { [world] in world.now().seconds }), issuer: record.issuer,
            agent: record.agent, appID: record.appID)
    }

    private func key(of record: AppRecord) throws(BrokerError) -> ClientKey {
        var secrets = try secrets(of: record)
        defer { wipe(&secrets.now) }
        return try key(in: secrets.now)
    }

    func key(in bytes: [UInt8]) throws(BrokerError) -> ClientKey {
        if let key = (try? JSON.parse(bytes)).flatMap(ClientKey.init(stored:)) { return key }
        throw BrokerError(.unavailable, "the app's key can't be read", hint: "add the app again")
    }
}

extension ClientKey {
    /// When it ends: after its certificate's last second nothing is signed by it, whatever somebody said.
    fileprivate func end(_ said: Timestamp?) -> Timestamp? {
        switch name {
        case .certificate(let certificate):
            let last = Timestamp(microseconds: certificate.notAfter * 1_000_000)
            return said.map { min($0, last) } ?? last
        case .id: return said
        }
    }
}
