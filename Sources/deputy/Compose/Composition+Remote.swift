import Authority
import Broker
import Egress
import OAuth
import Registry
import Storage

extension RemoteServices {
    /// - Parameters:
    ///   - name: how browsers and other servers reach this home.
    ///   - allowsLoopback: whether a server on this machine may read who we are in clear, for demos and tests.
    init(of store: SQLStore, knownAt name: PublicName, allowsLoopback: Bool, errands: HTTPEgress) {
        self.init(
            all: { organization in
                try await store.servers(in: organization).compactMap { server in
                    server.authorization.map {
                        RemoteService(
                            provider: ProviderID(server.name), place: server.place, authorization: $0.pinned)
                    }
                }
            },
            clientDocument: { provider in
                guard let url = name.known else { return nil }
                let id = url + ClientDescription.path(provider)
                return ClientDocument.address(of: id, allowsLoopback: allowsLoopback) == nil ? nil : id
            }, errands: errands)
    }
}

extension Composition {
    static func authorization(
        of server: RemoteServer, _ issuer: String?, _ discovery: AuthorizationDiscovery
    ) async throws(RegistryError) -> ResourceAuthorization {
        do throws(BrokerError) {
            return try await discovery.authorization(of: ProviderID(server.name), at: server.url, issuer: issuer)
        } catch {
            throw RegistryError(
                error.code == .unavailable ? .unavailable : error.code == .invalid ? .invalid : .refused, error.message,
                hint: error.hint)
        }
    }

    static func verify(
        _ provider: ProviderID, in organization: OrganizationID, _ servers: ServerDesk
    ) async throws(BrokerError) {
        do throws(RegistryError) {
            try await servers.verify(provider.raw, in: organization)
        } catch {
            throw BrokerError(error.code == .unavailable ? .unavailable : .refused, error.message, hint: error.hint)
        }
    }
}
