public import Authority
public import Gate
public import Wire

/// The rows of organizations, people, agents, tokens and agreements. Changing them is a transaction's.
public protocol RegistryStore: Sendable {
    func organization(_ id: OrganizationID) async throws -> OrganizationRecord?
    func organizations() async throws -> [OrganizationRecord]
    func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord?
    /// Whose verified address this is; in lower case.
    func person(at address: String, in organization: OrganizationID) async throws -> PersonRecord?
    /// In the order of their ids.
    func people(in organization: OrganizationID) async throws -> [PersonRecord]
    func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord?
    /// In the order of their ids.
    func agents(in organization: OrganizationID) async throws -> [AgentRecord]
    func token(hash: Digest) async throws -> TokenRecord?
    func token(_ id: ClientID) async throws -> TokenRecord?
    /// In the order in which they were made.
    func tokens(in organization: OrganizationID) async throws -> [TokenRecord]
    /// A document of the organization, such as its bindings.
    func document(_ name: String, in organization: OrganizationID) async throws -> JSON?
    func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord?
}

/// What the registry changes in the store. An `add` of a row that exists refuses the transaction with
/// `CommitError.exists`; a `replace` of one that doesn't refuses it too.
public enum RegistryChange: StoredChange {
    case addOrganization(OrganizationRecord)
    case replaceOrganization(OrganizationRecord)
    case addPerson(PersonRecord)
    case replacePerson(PersonRecord)
    case addAgent(AgentRecord)
    case replaceAgent(AgentRecord)
    case addToken(TokenRecord)
    case replaceToken(TokenRecord)
    /// Written over an earlier agreement of the same person with the same agent.
    case agree(AgreementRecord)
    /// Written over an earlier one of the same name.
    case setDocument(OrganizationID, String, JSON)
}
