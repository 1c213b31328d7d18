public import Authority
import Gate
import OAuth

// Several apps at one provider: the home's, and those of single agents. What a token belongs to is told by the client id
// alone, so that each has its own.
extension AppDesk {
    /// - Throws: `refused` for a name by which another of our apps there is known.
    func checkName(
        _ clientID: String, _ appID: String?, at provider: ProviderID, _ issuer: String?,
        in organization: OrganizationID, of agent: AgentID?
    ) async throws(BrokerError) {
        if let appID, appID.isEmpty || appID.utf8.count > 128 || !appID.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            throw BrokerError(.invalid, "that isn't an app's id", hint: "it stands on the app's page")
        }
        for other in try await list(in: organization)
        where other.provider == provider && other.issuer == issuer && other.agent != agent {
            let isSame = other.clientID == clientID
            guard isSame || appID != nil && other.appID == appID else { continue }
            throw BrokerError(
                .refused, "`\(isSame ? clientID : appID ?? "")` is the app of \(other.whose) at `\(provider)`",
                hint: "register an app for \(AppRecord.whose(agent)) alone, or leave it to \(other.whose)")
        }
    }
}

extension ConnectionDesk {
    /// The app that a connection's tokens were given to; nil where it isn't kept, and for a connection without tokens.
    public func app(of id: ConnectionID, in organization: OrganizationID) async throws(BrokerError) -> AppRecord? {
        guard let tokens = try await read({ try await self.tokens.tokens(of: id) }),
            let record = try await read({ try await store.connection(id) }), record.organization == organization
        else { return nil }
        return try await read { try await apps.apps(in: organization) }.first {
            $0.provider == record.provider && $0.registration == tokens.clientID
        }
    }
}

extension AppRecord {
    /// For sentences.
    var whose: String { AppRecord.whose(agent) }

    static func whose(_ agent: AgentID?) -> String { agent.map { "`\($0)`" } ?? "this home" }

    /// The secret of this app, as something that has a health.
    public var subject: HealthSubject { .app(provider, of: agent) }
}

extension Owner {
    /// Whose own account it is; nil for a person's and the organization's.
    var agent: AgentID? {
        switch self {
        case .agent(let agent): agent
        case .person, .organization: nil
        }
    }
}

extension [AppRecord] {
    /// The app that a connection's tokens were given to. Where it isn't kept any more, the one by which its owner would be
    /// connected now; nil where there is none.
    func app(of record: ConnectionRecord, _ tokens: TokenSet?) -> AppRecord? {
        let there = filter { $0.provider == record.provider && $0.organization == record.organization }
        return there.first { $0.registration == tokens?.clientID } ?? there.first { $0.agent == record.owner.agent }
            ?? there.first { $0.agent == nil }
    }
}
