import Authority
import Broker
import Egress
import OAuth
import Registry
import Storage
import Tools

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

extension AuthorizationDiscovery {
    func authorization(
        of server: RemoteServer, _ issuer: String?
    ) async throws(RegistryError) -> ResourceAuthorization {
        do throws(BrokerError) {
            return try await authorization(of: ProviderID(server.name), at: server.url, issuer: issuer)
        } catch {
            throw RegistryError(error)
        }
    }
}

extension RemoteDiscovery {
    /// Whose connection goes along. The clock and an operator have an agent's.
    func lend(_ lending: Lending, to server: RemoteServer) async throws(RegistryError) -> LentConnection? {
        let choice: RemoteDiscovery.Choice =
            switch lending {
            case .operation(_, let agent): .only(agent)
            case .clock: .anyAgents
            case .own(_, let id), .call(_, let id): .this(id)
            }
        do throws(BrokerError) {
            return try await lender(
                choice, to: ProviderID(server.name), at: server.place, in: server.organization
            ).map { LentConnection(id: $0.id, owner: $0.owner) }
        } catch {
            throw RegistryError(error)
        }
    }

    /// A server that sends its list a byte at a time is waited for no longer than others.
    func discover(
        _ server: RemoteServer, with lent: LentConnection?
    ) async throws(RegistryError) -> DiscoveredTools {
        let found = await withTaskGroup { group in
            group.addTask { () async -> Result<DiscoveredTools, RegistryError>? in
                do throws(BrokerError) {
                    let (tools, isModern) = try await tools(
                        of: ProviderID(server.name), origin: server.origin, path: server.path, place: server.place,
                        with: lent?.id, in: server.organization)
                    return .success(DiscoveredTools(tools: tools, isModern: isModern))
                } catch {
                    return .failure(RegistryError(error))
                }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(90))
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let found else {
            throw RegistryError(.unavailable, "`\(server.name)` can't be asked for its tools: it takes too long")
        }
        return try found.get()
    }
}

extension ServerDesk {
    func verify(_ provider: ProviderID, in organization: OrganizationID) async throws(BrokerError) {
        do throws(RegistryError) {
            try await verify(provider.raw, in: organization)
        } catch {
            throw BrokerError(error.code == .unavailable ? .unavailable : .refused, error.message, hint: error.hint)
        }
    }
}

extension ServerNews.Item {
    init(_ answered: AnsweredCall) {
        self.init(
            call: answered.call, connection: answered.connection?.id, saysToolsChanged: answered.saysToolsChanged)
    }
}

extension RegistryError {
    fileprivate init(_ error: BrokerError) {
        self.init(
            error.code == .unavailable ? .unavailable : error.code == .invalid ? .invalid : .refused, error.message,
            hint: error.hint)
    }
}
