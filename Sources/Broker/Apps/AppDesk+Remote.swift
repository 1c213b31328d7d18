public import Authority
import Definition
import Gate
import OAuth
import Vault
import Wire

// What remote servers know this home by. It belongs to the authorization server that gave it: at another it counts for
// nothing, whoever names that one.
extension AppDesk {
    /// What MCP puts first: what somebody registered by hand or let us register; then our own document, where the server takes
    /// such and can reach ours.
    func app(
        of service: RemoteService, in organization: OrganizationID, for agent: AgentID?
    ) async throws(BrokerError) -> ProviderApp {
        let (provider, server) = (service.provider, service.authorization.server)
        let kept = try await list(in: organization).filter {
            $0.provider == provider && $0.issuer == server.issuer.text
        }
        let own = agent.flatMap { agent in kept.first { $0.agent == agent } }
        if let record = own ?? kept.first(where: { $0.agent == nil }) { return try await app(record) }
        if server.takesClientDocuments, let document = remotes.clientDocument(provider) {
            return ProviderApp(
                organization: organization, provider: provider, clientID: document, authentication: .none, secret: nil,
                issuer: server.issuer.text)
        }
        let byHand = "register an app with `\(server.issuer.text)`, then `deputy apps add \(provider) --client-id ID`"
        throw BrokerError(
            .unknown, "`\(server.issuer.text)` doesn't know this home yet",
            hint: server.takesClientDocuments
                ? "serve under an https address, where it can read who we are; or " + byHand
                : server.registration == nil
                    ? byHand : "let it know us with `deputy servers authorize \(provider) --register`; or " + byHand)
    }

    /// Registers this home with a remote server's authorization server by itself (RFC 7591). An administrator says so for each
    /// server; nothing is registered without.
    ///
    /// - Parameter publicURL: where people's browsers come back to.
    public func register(
        _ provider: ProviderID, in organization: OrganizationID, publicURL: String, by: String
    ) async throws(BrokerError) -> AppRecord {
        guard let service = try await remotes.service(provider, in: organization) else {
            throw BrokerError(.unknown, "`\(provider)` isn't a remote server that people sign in at")
        }
        let server = service.authorization.server
        guard let endpoint = server.registration, let errands = remotes.errands else {
            throw BrokerError(
                .refused, "`\(server.issuer.text)` lets nobody register by themselves",
                hint: "register an app there by hand, then `deputy apps add \(provider) --client-id ID`")
        }
        let wanted: ClientAuthentication =
            server.authentications.contains(.none) ? .none : server.authentications.contains(.post) ? .post : .basic
        let answer: JSON
        do throws(TokenProblem) {
            answer = try await errands.register(
                ClientDescription.registration(provider, publicURL, wanted, service.authorization.most), at: endpoint)
        } catch {
            throw BrokerError(.refused, "`\(server.issuer.text)` doesn't register us: \(error.shown)")
        }
        let given = answer["token_endpoint_auth_method"]?.stringValue.map(ClientAuthentication.init) ?? wanted
        guard let id = answer["client_id"]?.stringValue, let given else {
            throw BrokerError(.refused, "`\(server.issuer.text)` registers us in a way that isn't understood here")
        }
        var secret = given == .none ? [] : Array((answer["client_secret"]?.stringValue ?? "").utf8)
        // RFC 7591 section 3.2.1: seconds since 1970, and 0 for never.
        let ends = answer["client_secret_expires_at"]?.integerValue.flatMap { seconds in
            given == .none || !(1...253_402_300_799).contains(seconds)
                ? nil : Timestamp(microseconds: seconds * 1_000_000)
        }
        return try await add(
            provider, in: organization, clientID: id, authentication: given, secret: &secret, ends: ends,
            replaces: true, by: by)
    }
}

extension TokenProblem {
    /// For people: the server's own word, or why there is none.
    var shown: String {
        switch self {
        case .answered(let failure): failure.code ?? "it answers \(failure.status)"
        case .notSent(let reason), .lost(let reason): reason
        }
    }
}
