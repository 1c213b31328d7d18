public import Authority
import Definition
import Gate
import OAuth
import Vault
import Wire

/// The way to a provider.
extension ConnectDesk {
    /// Sends the person's browser off. Whatever was under way before is over.
    ///
    /// - Parameters:
    ///   - scopes: what the agent's tools need. What the provider always wants is added, and what the connection that is
    ///     replaced may do already: a person who agrees to more doesn't lose what there is.
    ///   - replaced: the owner's connection that the new one takes the place of; nil for one beside them.
    /// - Returns: an address at the provider, with the handle that this browser alone is given.
    public func depart(
        _ flow: ConnectFlow, to service: ConnectService, by visitor: ConnectVisitor, needing scopes: Set<String>,
        replacing replaced: ConnectionID?, redirectURI: String
    ) async throws(ConnectError) -> String {
        do throws(ConnectRefusal) { try flow.check(visitor) } catch { throw .refused(error) }
        let service = service.asked(for: flow.aim.owner)
        if service.server.resource != nil {
            do throws(BrokerError) {
                try await verify(flow.aim.provider, flow.aim.organization)
            } catch {
                throw .failed(error)
            }
        }
        var asked = ConnectDesk.asked(of: service.server, needing: scopes)
        if let replaced {
            let rows = try await current(flow.aim)
            guard let row = rows.first(where: { $0.id == replaced }) else { throw .refused(.changed) }
            if row.kind == ConnectionDesk.grantKind, row.origin == service.manifest.origin,
                service.server.exchange == nil
            {
                asked.formUnion(row.scopes)
            }
        }
        let (handle, verifier) = (Base64.encodeURL(randomBytes(32)), CodeVerifier.fresh())
        let sealed: [UInt8]
        do throws(VaultError) {
            sealed = try keys.sealPayload(Array(verifier.text.utf8), id: place(flow.id, flow.revision + 1))
        } catch {
            throw .failed(BrokerError(.unavailable, error.message, hint: error.hint))
        }
        let departure = ConnectDeparture(
            session: visitor.session, issuer: service.server.issuer, redirectURI: redirectURI,
            clientID: service.app.clientID, scopes: asked, replaces: replaced,
            until: world.now().adding(seconds: ConnectFlow.awaySeconds), verifier: sealed)
        try await step(
            flow.step(to: .away(departure), state: .sha256(of: Array(handle.utf8))), "connect.begun",
            ["scopes": .array(asked.sorted().map { .string($0) })])
        // What was offered and not answered is given back.
        if case .offered(let offer) = flow.stage { await giveBack(offer, of: flow) }
        return address(service, departure, handle, verifier, claims: try await claims(of: replaced, after: flow))
    }

    /// Those of the owner that could be replaced, as they were made.
    public func current(_ aim: ConnectAim) async throws(ConnectError) -> [ConnectionRecord] {
        let rows = try await read {
            try await connections.store.connections(of: aim.owner, at: aim.provider, in: aim.organization)
        }
        return rows.filter { $0.health != .revoked }
    }

    /// Where a flow's secret is sealed: for this step of this flow alone.
    func place(_ flow: ConnectFlowID, _ revision: Int64) -> String { "connect/\(flow)/\(revision)" }

    /// RFC 6749 section 4.1.1, RFC 7636 section 4.3.
    private func address(
        _ service: ConnectService, _ departure: ConnectDeparture, _ handle: String, _ verifier: CodeVerifier,
        claims: String?
    ) -> String {
        let (server, dialect) = (service.server, service.server.dialect)
        var parameters = [
            ("response_type", "code"), ("client_id", departure.clientID), ("redirect_uri", departure.redirectURI),
            ("state", handle), ("code_challenge", verifier.challenge), ("code_challenge_method", "S256"),
        ]
        if !departure.scopes.isEmpty {
            parameters.append((dialect.scopeParameter, departure.scopes.sorted().joined(separator: dialect.separator)))
        }
        if let resource = server.resource { parameters.append(("resource", resource)) }
        if let claims { parameters.append(("claims", claims)) }
        parameters += server.parameters.sorted { $0.key < $1.key }
        let query = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return server.authorization.url + (server.authorization.url.contains("?") ? "&" : "?") + query
    }
}
