public import Authority
import Definition
import Gate
import Wire

/// A token or code that was just made. Its text is shown once and kept nowhere.
public struct MadeToken: Sendable {
    public let record: TokenRecord
    public let secret: TokenSecret
}

extension Administration {
    /// Makes a token for a person and some agents. The operator isn't that person, so outside demo homes it is a code
    /// that the person takes up.
    ///
    /// - Parameter seconds: how long the token lasts; a code lasts a day at the most.
    public func createToken(
        for person: PersonID, agents: Set<AgentID>, label: String, seconds: Int64, at surface: TokenSurface = .mcp,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> MadeToken {
        try await again { () async throws(RegistryError) in
            try await createTokenOnce(
                for: person, agents: agents, label: label, seconds: seconds, at: surface, by: administrator,
                in: organization)
        }
    }

    private func createTokenOnce(
        for person: PersonID, agents: Set<AgentID>, label: String, seconds: Int64, at surface: TokenSurface,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> MadeToken {
        let unmoved =
            await [reading(.person(organization, person))] + readings(of: agents.map { .agent(organization, $0) })
        let standing = try await requirePerson(person, in: organization).standing
        guard standing == .active else {
            throw RegistryError(.refused, "the account of `\(person)` is \(standing.rawValue)")
        }
        guard !agents.isEmpty else {
            throw RegistryError(.invalid, "a token is for one or several agents", hint: "add `--agent NAME`")
        }
        guard (60...Administration.longestSeconds).contains(seconds) else {
            throw RegistryError(.invalid, "a token lasts from a minute to a year", hint: "30 days are usual")
        }
        for agent in agents { _ = try await requireAgent(agent, in: organization) }
        let now = world.now()
        let secret = isDemo ? TokenSecret.token(for: surface) : TokenSecret.code()
        let record = TokenRecord(
            id: ClientID(world.newID("tok")), organization: organization, person: person, agents: agents, label: label,
            hash: secret.hash, ceiling: .all, expires: now.adding(seconds: seconds),
            state: isDemo ? .active : .offered, created: now, surface: surface)
        var changes: [RegistryChange] = [.addToken(record)]
        if isDemo { changes += try await agreements(of: record) }
        try await change(
            changes, under: unmoved, bumping: [.client(record.id), .person(organization, person)],
            isDemo ? "token.made" : "token.offered", leafFields(of: record), by: administrator, in: organization)
        return MadeToken(record: record, secret: secret)
    }

    /// Makes a token of a code. The person agrees to what the token's assistants do at that moment.
    ///
    /// - Parameter person: who takes it up in their own session. A code for somebody else isn't theirs.
    public func takeUp(code: String, as person: PersonID? = nil) async throws(RegistryError) -> MadeToken {
        let hash = TokenSecret.hash(of: code)
        let refused = RegistryError(
            .refused, "this code is unknown, used or too old", hint: "ask for a new one: `deputy tokens create`")
        guard code.hasPrefix(TokenSecret.codePrefix),
            let offered = try await read({ try await store.token(hash: hash) }), offered.state == .offered,
            person.map({ $0 == offered.person }) ?? true
        else { throw refused }
        let now = world.now()
        let scope = EpochScope.client(offered.id)
        let unmoved = await readings(
            of: [scope, .person(offered.organization, offered.person)]
                + offered.agents.map { .agent(offered.organization, $0) })
        let person = try await requirePerson(offered.person, in: offered.organization)
        guard person.standing == .active else { throw refused }
        // Read again under the epoch that the commit compares: of two who come at once, one finds it moved.
        guard try await read({ try await store.token(hash: hash) })?.state == .offered,
            now < offered.created.adding(seconds: Administration.codeSeconds), now < offered.expires
        else { throw refused }
        let secret = TokenSecret.token(for: offered.surface)
        let record = TokenRecord(
            id: offered.id, organization: offered.organization, person: offered.person, agents: offered.agents,
            label: offered.label, hash: secret.hash, ceiling: offered.ceiling, expires: offered.expires,
            state: .active, created: offered.created, surface: offered.surface)
        var fields = leafFields(of: record)
        fields["change"] = "token.taken-up"
        fields["by"] = .string("person:\(record.person)")
        try await commit(
            Transaction(
                requires: unmoved, bumps: [scope, .person(record.organization, record.person)],
                changes: [RegistryChange.replaceToken(record)] + (try await agreements(of: record)),
                leaves: [try leaf(fields, in: record.organization)]))
        return MadeToken(record: record, secret: secret)
    }

    public func revokeToken(
        _ id: ClientID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await again { () async throws(RegistryError) in
            try await revokeTokenOnce(id, by: administrator, in: organization)
        }
    }

    private func revokeTokenOnce(
        _ id: ClientID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        var unmoved = await [reading(.client(id))]
        if let token = try await read({ try await store.token(id) }) {
            unmoved.append(await reading(.person(organization, token.person)))
        }
        guard let token = try await read({ try await store.token(id) }), token.organization == organization else {
            throw RegistryError(.unknown, "no token has the id `\(id)`", hint: "list them with `deputy tokens list`")
        }
        let (end, agreements) = try await ending([token], because: "its token was revoked")
        var transaction = end
        transaction.requires += unmoved
        transaction.leaves.append(
            try leaf(
                leafFields(of: token, "token.revoked", by: administrator, ending: agreements), in: organization))
        try await commit(transaction)
    }

    /// What ends with tokens of one organization, and the agents to whom their people's agreements end. Its commit lacks
    /// the leaf that says why, and the epochs under which the tokens were read.
    func ending(
        _ tokens: [TokenRecord], because reason: String
    ) async throws(RegistryError) -> (Transaction, agreements: [AgentID]) {
        var transaction = Transaction()
        guard let organization = tokens.first?.organization else { return (transaction, []) }
        let ended = Set(tokens.map(\.id))
        let others = try await self.tokens(in: organization).filter {
            !ended.contains($0.id) && $0.isAlive(at: world.now())
        }
        var agreements: Set<AgentID> = []
        for token in tokens {
            transaction.bumps.append(.client(token.id))
            transaction.changes += [
                RegistryChange.replaceToken(token.revoked),
                ApprovalChange.void(.client(organization, token.id), reason: reason),
            ]
            // Agents that the person reaches by no other token: what they agreed to there ends as well.
            let left = token.agents.filter { agent in
                !others.contains { $0.person == token.person && $0.agents.contains(agent) }
            }
            if !left.isEmpty { transaction.bumps.append(.person(organization, token.person)) }
            transaction.changes += left.sorted().map { SharingChange.forgetUse(organization, $0, token.person) }
            agreements.formUnion(left)
        }
        return (transaction, agreements.sorted())
    }

    private func leafFields(
        of token: TokenRecord, _ change: String, by administrator: Administrator, ending agreements: [AgentID]
    ) -> JSONObject {
        var fields = leafFields(of: token)
        fields["change"] = .string(change)
        fields["by"] = .string(administrator.text)
        fields["agreementsEnded"] = .array(agreements.map { .string($0.raw) })
        return fields
    }

    public func tokens(in organization: OrganizationID) async throws(RegistryError) -> [TokenRecord] {
        try await read { try await store.tokens(in: organization) }
    }

    /// A code that nobody took up is dead after a day.
    static let codeSeconds: Int64 = 86_400
    static let longestSeconds: Int64 = 366 * 86_400

    /// Taking a token is agreeing to what its assistants do now; a wider edit later asks again.
    private func agreements(of token: TokenRecord) async throws(RegistryError) -> [RegistryChange] {
        var changes: [RegistryChange] = []
        for id in token.agents.sorted() {
            let view = try await agent(id, in: token.organization)
            guard view.definition.actsAs == .assistant else { continue }
            changes.append(
                .agree(
                    AgreementRecord(
                        organization: token.organization, person: token.person, agent: id,
                        capabilities: view.mandate.capabilities, at: world.now())))
        }
        return changes
    }

    private func leafFields(of token: TokenRecord) -> JSONObject {
        [
            "surface": .string(token.surface.rawValue),
            "token": .string(token.id.raw), "person": .string(token.person.raw),
            "agents": .array(token.agents.sorted().map { .string($0.raw) }),
            "expires": .number(JSONNumber(token.expires.microseconds)),
        ]
    }
}
