import Authority
import Broker
import Gate
import Ledger
import Registry
import Wire

/// Rows and leaves for the contracts, with nothing in them that a store may take for granted.
enum Sample {
    static let acme = OrganizationID("acme")
    static let other = OrganizationID("other")
    /// A text that quotes, escapes and encodings can break.
    static let awkward = "O'Brien \"ü\" \\ %_$1 -- \u{1F600} e\u{301}"

    static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: 1_795_000_000_000_001).adding(seconds: seconds)
    }

    static func organization(_ id: OrganizationID = acme, name: String = awkward) -> OrganizationRecord {
        OrganizationRecord(id: id, name: name, domains: ["acme.test", "b.test"], standing: .active)
    }

    static func person(
        _ id: String, in organization: OrganizationID = acme, email: String? = nil, standing: Standing = .active
    ) -> PersonRecord {
        PersonRecord(
            id: PersonID(id), organization: organization, name: awkward, email: email ?? "\(id)@acme.test",
            subjects: [ProviderID("rippling"): "W-\(id)", ProviderID("slack"): awkward], standing: standing)
    }

    static func agent(
        _ id: String, in organization: OrganizationID = acme, standing: Standing = .active
    ) -> AgentRecord {
        AgentRecord(
            id: AgentID(id), organization: organization,
            definition: ["name": .string(awkward), "limit": 1, "list": [JSON.null, true, [:]]], standing: standing)
    }

    static func token(
        _ id: String, in organization: OrganizationID = acme, hash: UInt8, state: TokenState = .active,
        created: Int64 = 0
    ) -> TokenRecord {
        TokenRecord(
            id: ClientID(id), organization: organization, person: PersonID("alice"),
            agents: [AgentID("onboarding"), AgentID("email")], label: awkward, hash: .sha256(of: [hash]),
            ceiling: [.read, .send], expires: time(3600), state: state, created: time(created), surface: .api)
    }

    static func aim(
        in organization: OrganizationID = acme, person: String = "alice", owner: Owner? = nil,
        agent: String? = "onboarding", provider: String = "notion"
    ) -> ConnectAim {
        ConnectAim(
            organization: organization, person: PersonID(person), owner: owner ?? .person(PersonID(person)),
            agent: agent.map { AgentID($0) }, provider: ProviderID(provider))
    }

    /// One of each, with everything in it that may be there or not.
    static func stages() -> [ConnectStage] {
        let account = OfferedAccount(id: awkward, name: awkward, email: nil)
        let away = ConnectDeparture(
            session: "web_1", issuer: "https://id.example", redirectURI: "https://d.test/cb",
            clientID: awkward, scopes: ["read", "write"], replaces: ConnectionID("c1"), until: time(600),
            verifier: [0, 1, 255])
        let offer = ConnectOffer(
            session: "web_1", account: account, asked: ["read", "write"], granted: ["read"],
            replaces: ConnectionID("c1"), before: OfferedAccount(id: "U1", name: nil, email: "a@b.test"),
            isOwners: true, clientID: awkward, until: time(700), tokens: [9, 0, 255])
        let bare = ConnectOffer(
            session: "web_2", account: account, asked: [], granted: [], replaces: nil, before: nil, isOwners: false,
            clientID: "x", until: time(800), tokens: [])
        return [
            .away(away), .arrived(until: time(650)), .offered(offer), .offered(bare), .kept(account),
            .waiting,
        ] + ConnectEnd.allCases.map { .ended(ConnectProblem($0)) } + [
            .ended(ConnectProblem(.refused, awkward, hint: awkward))
        ]
    }

    static func connection(
        _ id: String, of owner: Owner = .person(PersonID("alice")), at provider: ProviderID = ProviderID("notion"),
        in organization: OrganizationID = acme, email: String? = nil, generation: Int64 = 1,
        health: ConnectionHealth = .healthy, sealed: [UInt8] = [0, 1, 255], lacks: LackedScopes = LackedScopes(),
        as subject: String? = nil, created: Int64 = 0
    ) -> ConnectionRecord {
        ConnectionRecord(
            id: ConnectionID(id), organization: organization, owner: owner, provider: provider,
            origin: "https://api.\(provider).test", issuer: "https://id.\(id).test", kind: "bearer", account: "U-\(id)",
            accountName: awkward,
            email: email,
            scopes: ["read", "write"], generation: generation, fingerprint: "f-\(id)", sealed: sealed, health: health,
            created: time(created), lacks: lacks, assertedAs: subject)
    }

    static func call(
        _ id: String, identity: UInt8? = nil, effect: Effect = .send, opened: Int64 = 0
    ) -> OpenCall {
        OpenCall(
            id: CallID(id), organization: acme, agent: AgentID("email"), requester: "person alice",
            tool: "gmail.send", effect: effect, identity: identity.map { .sha256(of: [$0]) }, state: .open,
            opened: time(opened))
    }

    static func session(
        _ person: String, agent: String = "email", client: String = "c1", in organization: OrganizationID = acme
    ) -> SessionKey {
        SessionKey(
            organization: organization, agent: AgentID(agent), requester: .person(PersonID(person)),
            client: ClientID(client))
    }

    static func leaf(
        _ kind: LeafKind = .authority, _ fields: JSONObject = ["change": "none"], at seconds: Int64 = 0
    ) throws -> Leaf {
        try Leaf(kind: kind, time: time(seconds).microseconds, fields: fields)
    }
}

extension Transaction {
    static func registry(_ changes: RegistryChange...) -> Transaction { Transaction(changes: changes) }
    static func broker(_ changes: BrokerChange...) -> Transaction { Transaction(changes: changes) }
    static func connect(_ changes: ConnectChange...) -> Transaction { Transaction(changes: changes) }
    static func gate(_ changes: GateChange...) -> Transaction { Transaction(changes: changes) }
}
