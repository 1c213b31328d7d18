import Authority
import Gate
import Wire

extension OAuthDesk {
    /// Takes a client that asks for itself (RFC 7591 section 3). It can do nothing until a person allows it something, so
    /// it leaves no leaf: whoever likes could fill the ledger otherwise.
    public func registerItself(_ body: [UInt8]) async throws(OAuthRefusal) -> RegisteredClient {
        guard let value = try? JSON.parse(body, limits: JSONLimits(bytes: 32 << 10, depth: 8, members: 1_000)),
            let object = value.objectValue
        else { throw OAuthRefusal(.invalidMetadata, "the body must be a JSON object") }
        let metadata = try ClientMetadata(object)
        let secret = metadata.authentication == .none ? nil : TokenSecret.made(TokenSecret.clientPrefix)
        let client = OAuthClient(
            id: OAuthClientID(administration.world.newID("app")), organization: settings.home, origin: .dynamic,
            name: metadata.name ?? "a client without a name", redirects: metadata.redirects,
            authentication: metadata.authentication, secret: secret?.hash, ceiling: .all, isRevoked: false,
            created: now)
        do throws(RegistryError) {
            try await administration.commit(
                Transaction(changes: [
                    OAuthChange.addClient(client), .keepUnused(settings.home, most: OAuthDesk.mostUnused),
                ]))
        } catch {
            throw OAuthRefusal(error)
        }
        return RegisteredClient(client: client, secret: secret?.text)
    }
}
