public import Authority
import Gate
public import Registry
public import Wire

extension SQLStore: RegistryStore {
    private static let oneOrganization = Query("SELECT * FROM organizations WHERE id = $1")
    private static let allOrganizations = Query("SELECT * FROM organizations ORDER BY id")
    private static let onePerson = Query("SELECT * FROM people WHERE organization = $1 AND id = $2")
    private static let personAtAddress = Query("SELECT * FROM people WHERE organization = $1 AND email = $2")
    private static let allPeople = Query("SELECT * FROM people WHERE organization = $1 ORDER BY id")
    private static let oneAgent = Query("SELECT * FROM agents WHERE organization = $1 AND id = $2")
    private static let allAgents = Query("SELECT * FROM agents WHERE organization = $1 ORDER BY id")
    private static let tokenByHash = Query("SELECT * FROM tokens WHERE hash = $1")
    private static let tokenByID = Query("SELECT * FROM tokens WHERE id = $1")
    private static let allTokens = Query("SELECT * FROM tokens WHERE organization = $1 ORDER BY created, id")
    private static let oneAgreement = Query(
        "SELECT * FROM agreements WHERE organization = $1 AND person = $2 AND agent = $3")

    public func organization(_ id: OrganizationID) async throws -> OrganizationRecord? {
        try await row(SQLStore.oneOrganization, [id.raw]).map(OrganizationRecord.init(row:))
    }

    public func organizations() async throws -> [OrganizationRecord] {
        try await rows(SQLStore.allOrganizations).map(OrganizationRecord.init(row:))
    }

    public func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord? {
        try await row(SQLStore.onePerson, [organization.raw, id.raw]).map(PersonRecord.init(row:))
    }

    public func person(at address: String, in organization: OrganizationID) async throws -> PersonRecord? {
        try await row(SQLStore.personAtAddress, [organization.raw, address]).map(PersonRecord.init(row:))
    }

    public func people(in organization: OrganizationID) async throws -> [PersonRecord] {
        try await rows(SQLStore.allPeople, [organization.raw]).map(PersonRecord.init(row:))
    }

    public func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord? {
        try await row(SQLStore.oneAgent, [organization.raw, id.raw]).map(AgentRecord.init(row:))
    }

    public func agents(in organization: OrganizationID) async throws -> [AgentRecord] {
        try await rows(SQLStore.allAgents, [organization.raw]).map(AgentRecord.init(row:))
    }

    public func token(hash: Digest) async throws -> TokenRecord? {
        try await row(SQLStore.tokenByHash, [hash.bytes]).map(TokenRecord.init(row:))
    }

    public func token(_ id: ClientID) async throws -> TokenRecord? {
        try await row(SQLStore.tokenByID, [id.raw]).map(TokenRecord.init(row:))
    }

    public func tokens(in organization: OrganizationID) async throws -> [TokenRecord] {
        try await rows(SQLStore.allTokens, [organization.raw]).map(TokenRecord.init(row:))
    }

    private static let oneDocument = Query("SELECT value FROM documents WHERE organization = $1 AND name = $2")

    public func document(_ name: String, in organization: OrganizationID) async throws -> JSON? {
        try await row(SQLStore.oneDocument, [organization.raw, name]).map {
            try JSON.parse(Array(($0["value"] as String).utf8))
        }
    }

    public func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord? {
        try await row(SQLStore.oneAgreement, [organization.raw, person.raw, agent.raw]).map { row in
            try AgreementRecord(
                organization: organization, person: person, agent: agent,
                capabilities: try Set<Capability>(stored: row["capabilities"]),
                at: Timestamp(microseconds: row["at"]))
        }
    }
}

extension Standing {
    fileprivate init(stored text: String) throws {
        guard let standing = Standing(rawValue: text) else { throw StorageError(.corrupt, "a standing can't be read") }
        self = standing
    }
}

extension OrganizationRecord {
    fileprivate init(row: Row) throws {
        try self.init(
            id: OrganizationID(row["id"]), name: row["name"], domains: try [String](stored: row["domains"]),
            standing: try Standing(stored: row["standing"]))
    }
}

extension PersonRecord {
    fileprivate init(row: Row) throws {
        try self.init(
            id: PersonID(row["id"]), organization: OrganizationID(row["organization"]), name: row["name"],
            email: row["email"], subjects: try [ProviderID: String](stored: row["subjects"]),
            standing: try Standing(stored: row["standing"]))
    }
}

extension AgentRecord {
    fileprivate init(row: Row) throws {
        try self.init(
            id: AgentID(row["id"]), organization: OrganizationID(row["organization"]),
            definition: try JSON.parse(Array((row["definition"] as String).utf8)),
            standing: try Standing(stored: row["standing"]))
    }
}

extension TokenRecord {
    fileprivate init(row: Row) throws {
        guard let hash = Digest(bytes: try row["hash"] as [UInt8]), let state = TokenState(rawValue: try row["state"]),
            let surface = TokenSurface(rawValue: try row["surface"] as String? ?? TokenSurface.mcp.rawValue)
        else {
            throw StorageError(.corrupt, "a token can't be read")
        }
        try self.init(
            id: ClientID(row["id"]), organization: OrganizationID(row["organization"]), person: PersonID(row["person"]),
            agents: Set(try [String](stored: row["agents"]).map(AgentID.init)), label: row["label"], hash: hash,
            ceiling: EffectSet(rawValue: UInt16(clamping: row["ceiling"] as Int64)),
            expires: Timestamp(microseconds: row["expires"]), state: state,
            created: Timestamp(microseconds: row["created"]), surface: surface)
    }
}
