public import Authority
import Definition
import Gate
public import OAuth
import Vault
import Wire

// An app that signs instead of keeping a secret with the provider.
extension AppDesk {
    /// - Parameters:
    ///   - replaces: whether it may take the place of the one that is there.
    /// - Throws: `refused` for a key that another server knows us by: what is made out for one could be used at the other.
    public func add(
        _ provider: ProviderID, in organization: OrganizationID, clientID: String, key: ClientKey, replaces: Bool,
        by: String
    ) async throws(BrokerError) -> AppRecord {
        let server = try await server(of: provider, in: organization)
        do throws(GrantFault) {
            _ = try AssertionAudience(server.assertions, of: server)
        } catch {
            throw BrokerError(.invalid, error.message, hint: error.hint)
        }
        for record in try await list(in: organization)
        where record.authentication == .privateKey
            && providers.manifest(of: record.provider)?.oauth?.token != server.token
        {
            guard try self.key(of: record).key.thumbprint != key.key.thumbprint else {
                throw BrokerError(
                    .refused, "`\(record.provider)` knows this home by this key already",
                    hint: "make a key for `\(provider)` alone: what is signed for one could be used at the other")
            }
        }
        var bytes = key.stored.bytes()
        return try await add(
            provider, in: organization, clientID: clientID, authentication: .privateKey, secret: &bytes,
            replaces: replaces, by: by)
    }

    func signing(_ record: AppRecord) async throws(BrokerError) -> ProviderApp {
        let key = try key(of: record)
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
            signed: { [world] () throws(GrantFault) in try assertion.fields(.fresh(), now: world.now().seconds) })
    }

    private func key(of record: AppRecord) throws(BrokerError) -> ClientKey {
        do throws(VaultError) {
            var bytes = try keys.openPayload(record.sealed, id: record.id)
            defer { wipe(&bytes) }
            if let key = (try? JSON.parse(bytes)).flatMap(ClientKey.init(stored:)) { return key }
        } catch {
            throw BrokerError(.unavailable, "the app's key can't be opened: \(error.message)", hint: error.hint)
        }
        throw BrokerError(.unavailable, "the app's key can't be read", hint: "add the app again")
    }
}
