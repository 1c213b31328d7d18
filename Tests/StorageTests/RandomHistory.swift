import Authority
import Broker
import Gate
import Ledger
import Registry
import Wire

/// A sequence of transactions over few names, so that they meet: rows that exist already, epochs that have moved,
/// budgets that are spent, calls that are open.
struct RandomHistory {
    private var state: UInt64
    private var clock: Int64 = 1_795_000_000_000_000

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
    private mutating func name() -> String { pick(["a", "b", "c"]) }
    private mutating func organization() -> OrganizationID { OrganizationID(pick(["acme", "other"])) }
    private mutating func standing() -> Standing { pick(Standing.allCases) }

    private mutating func time() -> Timestamp {
        // Forwards mostly, and now and then back.
        clock += Int64(below(50_000_000)) - 5_000_000
        return Timestamp(microseconds: clock)
    }

    mutating func transaction(_ epoch: (EpochScope) -> Int64) throws -> Transaction {
        var transaction = Transaction()
        for _ in 0..<below(3) {
            let scope = self.scope()
            // One in four is out of date.
            transaction.requires.append(EpochReading(scope: scope, value: epoch(scope) - (below(4) == 0 ? 1 : 0)))
        }
        for _ in 0..<below(3) { transaction.bumps.append(scope()) }
        if below(3) == 0 { transaction.spends.append(BudgetSpend(window: window(), limit: below(4))) }
        for _ in 0..<below(4) { transaction.changes.append(change()) }
        for _ in 0..<below(3) {
            transaction.leaves.append(
                PlacedLeaf(
                    try Leaf(kind: .authority, time: time().microseconds, fields: ["n": .string(name())]),
                    in: pick([.system, .organization(OrganizationID("acme"))])))
        }
        return transaction
    }

    mutating func window() -> BudgetWindow {
        BudgetWindow(
            organization: organization(), agent: AgentID(name()), length: pick(BudgetWindow.Length.allCases), at: time()
        )
    }

    mutating func scope() -> EpochScope {
        pick([.home, .agent(organization(), AgentID(name())), .session(session())])
    }

    mutating func session() -> SessionKey {
        SessionKey(
            organization: organization(), agent: AgentID(name()),
            requester: pick([.person(PersonID(name())), .guest(SenderID(name())), .nobody]), client: ClientID(name()))
    }

    private mutating func change() -> any StoredChange {
        switch below(10) {
        case 0...3: gateChange()
        case 4...7: registryChange()
        case _: brokerChange()
        }
    }

    private mutating func gateChange() -> GateChange {
        switch below(7) {
        case 0, 1:
            .open(
                OpenCall(
                    id: CallID(name() + name()), organization: organization(), agent: AgentID(name()),
                    requester: name(), tool: "t", effect: pick(Effect.allCases),
                    identity: below(3) == 0 ? nil : .sha256(of: [UInt8(below(4))]), state: .open, opened: time()))
        case 2: .close(CallID(name() + name()))
        case 3: .markUnknown(CallID(name() + name()))
        case 4: .saw(session(), labels(), at: time())
        case 5: .clearSession(session())
        case _: .clearSessions(organization(), AgentID(name()), PersonID(name()))
        }
    }

    private mutating func labels() -> Labels {
        Labels(
            integrity: pick(Integrity.allCases),
            readers: below(2) == 0 ? .organization : .only([PersonID(name()), PersonID(name())]),
            classes: pick([[], .contacts, .financial]))
    }

    private mutating func registryChange() -> RegistryChange {
        let organization = organization()
        let person = PersonRecord(
            id: PersonID(name()), organization: organization, name: name(), email: name(), subjects: [:],
            standing: standing())
        let agent = AgentRecord(
            id: AgentID(name()), organization: organization, definition: [.string(name())], standing: standing())
        let token = TokenRecord(
            id: ClientID(name()), organization: organization, person: person.id, agents: [agent.id], label: name(),
            hash: .sha256(of: [UInt8(below(3))]), ceiling: .all, expires: time(), state: pick(TokenState.allCases),
            created: time())
        let tenant = OrganizationRecord(id: organization, name: name(), domains: [name()], standing: standing())
        return pick([
            .addOrganization(tenant), .replaceOrganization(tenant), .addPerson(person), .replacePerson(person),
            .addAgent(agent), .replaceAgent(agent), .addToken(token), .replaceToken(token),
            .agree(
                AgreementRecord(
                    organization: organization, person: person.id, agent: agent.id,
                    capabilities: [
                        Capability(
                            provider: ProviderID(name()), host: name(), effect: .read, destinations: .nobody)
                    ], at: time())),
        ])
    }

    private mutating func brokerChange() -> BrokerChange {
        let id = ConnectionID(name())
        let owner: Owner = below(2) == 0 ? .person(PersonID(name())) : .agent(AgentID(name()))
        let record = ConnectionRecord(
            id: id, organization: organization(), owner: owner, provider: ProviderID(name()), origin: name(),
            kind: name(), account: name(), accountName: name(), email: below(2) == 0 ? nil : name(),
            scopes: [name(), name()], generation: Int64(below(3)), fingerprint: name(), sealed: [UInt8(below(255))],
            health: .healthy, created: time())
        return pick([.add(record), .setHealth(id, pick([.healthy, .broken, .revoked])), .shred(id)])
    }
}
