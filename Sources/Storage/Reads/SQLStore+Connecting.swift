public import Authority
public import Broker
public import Wire

extension SQLStore: ConnectFlowStore {
    private static let oneFlow = Query("SELECT * FROM connect_flows WHERE id = $1")
    private static let flowForAim = Query(
        """
        SELECT * FROM connect_flows WHERE organization = $1 AND person = $2 AND owner_kind = $3 AND owner = $4
        AND agent = $5 AND provider = $6
        """)
    private static let flowByState = Query("SELECT * FROM connect_flows WHERE state = $1")
    private static let expiredFlows = Query(
        "SELECT * FROM connect_flows WHERE until <= $1 ORDER BY until, id LIMIT $2")

    public func connectFlow(_ id: ConnectFlowID) async throws -> ConnectFlow? {
        try await row(SQLStore.oneFlow, [id.raw]).map(ConnectFlow.init(row:))
    }

    public func connectFlow(for aim: ConnectAim) async throws -> ConnectFlow? {
        try await row(
            SQLStore.flowForAim,
            [
                aim.organization.raw, aim.person.raw, aim.owner.kind, aim.owner.name, aim.agent?.raw ?? "",
                aim.provider.raw,
            ]
        ).map(ConnectFlow.init(row:))
    }

    public func connectFlow(state: Digest) async throws -> ConnectFlow? {
        try await row(SQLStore.flowByState, [state.bytes]).map(ConnectFlow.init(row:))
    }

    public func connectFlows(expiredAt now: Timestamp, most: Int) async throws -> [ConnectFlow] {
        try await rows(SQLStore.expiredFlows, [now.microseconds, Int64(most)]).map(ConnectFlow.init(row:))
    }
}

extension ConnectFlow {
    init(row: Row) throws {
        let agent: String = try row["agent"]
        let text: String = try row["record"]
        guard let owner = Owner(kind: try row["owner_kind"], name: try row["owner"]),
            let json = try? JSON.parse(Array(text.utf8)),
            let stage = ConnectStage(json: json, sealed: try row["sealed"])
        else { throw StorageError(.corrupt, "a way to a connection can't be read") }
        try self.init(
            id: ConnectFlowID(row["id"]),
            aim: ConnectAim(
                organization: OrganizationID(row["organization"]), person: PersonID(row["person"]), owner: owner,
                agent: agent.isEmpty ? nil : AgentID(agent), provider: ProviderID(row["provider"])),
            revision: row["revision"], stage: stage,
            state: (try row["state"] as [UInt8]?).flatMap { Digest(bytes: $0) },
            created: Timestamp(microseconds: row["created"]))
    }
}

extension Owner {
    /// Nil for a kind that nobody has.
    fileprivate init?(kind: String, name: String) {
        switch kind {
        case "person": self = .person(PersonID(name))
        case "agent": self = .agent(AgentID(name))
        case "organization": self = .organization
        default: return nil
        }
    }
}
