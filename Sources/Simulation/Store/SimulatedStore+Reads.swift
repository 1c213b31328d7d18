import Authority
import Broker
import Gate
import Ledger
import Registry
import Twins
import Wire

extension SimulatedStore: LedgerStore {
    func trees() async throws -> [TreeID] { try await read(.ledger) { try await $0.trees() } }
    func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord] {
        try await read(.ledger) { try await $0.records(of: tree, from: index, limit: limit) }
    }
    func head(of tree: TreeID) async throws -> TreeHead { try await read(.ledger) { try await $0.head(of: tree) } }
    func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] {
        try await read(.ledger) { try await $0.hashes(of: tree, level: level, from: index, count: count) }
    }
    func checkpoints(of tree: TreeID) async throws -> [String] {
        try await read(.ledger) { try await $0.checkpoints(of: tree) }
    }
    func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] {
        try await read(.ledger) { try await $0.latestCheckpoints(of: tree, limit: limit) }
    }
    func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws {
        try await read(.ledger) { try await $0.keep(checkpoint: checkpoint, size: size, of: tree) }
    }
}

extension SimulatedStore: RegistryStore, SharingStore {
    func organization(_ id: OrganizationID) async throws -> OrganizationRecord? {
        try await read(.registry) { try await $0.organization(id) }
    }
    func organizations() async throws -> [OrganizationRecord] {
        try await read(.registry) { try await $0.organizations() }
    }
    func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord? {
        try await read(.registry) { try await $0.person(id, in: organization) }
    }
    func person(at address: String, in organization: OrganizationID) async throws -> PersonRecord? {
        try await read(.registry) { try await $0.person(at: address, in: organization) }
    }
    func people(in organization: OrganizationID) async throws -> [PersonRecord] {
        try await read(.registry) { try await $0.people(in: organization) }
    }
    func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord? {
        try await read(.registry) { try await $0.agent(id, in: organization) }
    }
    func agents(in organization: OrganizationID) async throws -> [AgentRecord] {
        try await read(.registry) { try await $0.agents(in: organization) }
    }
    func token(hash: Digest) async throws -> TokenRecord? {
        try await read(.registry) { try await $0.token(hash: hash) }
    }
    func token(_ id: ClientID) async throws -> TokenRecord? { try await read(.registry) { try await $0.token(id) } }
    func tokens(in organization: OrganizationID) async throws -> [TokenRecord] {
        try await read(.registry) { try await $0.tokens(in: organization) }
    }
    func document(_ name: String, in organization: OrganizationID) async throws -> JSON? {
        try await read(.registry) { try await $0.document(name, in: organization) }
    }
    func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord? {
        try await read(.registry) { try await $0.agreement(of: person, with: agent, in: organization) }
    }
    func sharing(in organization: OrganizationID) async throws -> Sharing {
        try await read(.sharing) { try await $0.sharing(in: organization) }
    }
    func sharing(of agent: AgentID, in organization: OrganizationID) async throws -> Sharing {
        try await read(.sharing) { try await $0.sharing(of: agent, in: organization) }
    }
}

extension SimulatedStore: ConnectionStore {
    func connection(_ id: ConnectionID) async throws -> ConnectionRecord? {
        try await read(.connections) { try await $0.connection(id) }
    }
    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord] {
        try await read(.connections) { try await $0.connections(of: owner, at: provider, in: organization) }
    }
    func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord] {
        try await read(.connections) { try await $0.connections(in: organization, of: owner) }
    }
    func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await read(.connections) { try await $0.connections(in: organization, after: after, limit: limit) }
    }
    // Read along with the connections: what can go wrong there goes wrong with both.
    func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice] {
        try await universe.disk.store.choices(of: owner, at: provider, in: organization)
    }
    func choices(in organization: OrganizationID) async throws -> [AccountChoice] {
        try await universe.disk.store.choices(in: organization)
    }
}

extension SimulatedStore: AppStore {
    func app(
        at provider: ProviderID, of agent: AgentID?, in organization: OrganizationID
    ) async throws -> AppRecord? {
        try await read(.connections) { try await $0.app(at: provider, of: agent, in: organization) }
    }
    func apps(in organization: OrganizationID) async throws -> [AppRecord] {
        try await read(.connections) { try await $0.apps(in: organization) }
    }
}

extension SimulatedStore: HealthStore {
    func healthMarks(
        in organization: OrganizationID, about prefix: String, limit: Int
    ) async throws -> [HealthEvent] {
        try await read(.connections) { try await $0.healthMarks(in: organization, about: prefix, limit: limit) }
    }
    func rotation(of subject: HealthSubject, in organization: OrganizationID) async throws -> KeyRotation? {
        try await read(.connections) { try await $0.rotation(of: subject, in: organization) }
    }
    func rotations(in organization: OrganizationID) async throws -> [KeyRotation] {
        try await read(.connections) { try await $0.rotations(in: organization) }
    }
    func rotationsDue(by time: Timestamp, limit: Int) async throws -> [KeyRotation] {
        try await read(.connections) { try await $0.rotationsDue(by: time, limit: limit) }
    }
    func secretEnds(in organization: OrganizationID) async throws -> [SecretEnd] {
        try await read(.connections) { try await $0.secretEnds(in: organization) }
    }
    func secretEnd(of subject: HealthSubject, in organization: OrganizationID) async throws -> SecretEnd? {
        try await read(.connections) { try await $0.secretEnd(of: subject, in: organization) }
    }
    func healthMark(of subject: HealthSubject, in organization: OrganizationID) async throws -> HealthEvent? {
        try await read(.connections) { try await $0.healthMark(of: subject, in: organization) }
    }
    func healthEventsUntold(limit: Int) async throws -> [HealthEvent] {
        try await read(.connections) { try await $0.healthEventsUntold(limit: limit) }
    }
    func healthEventsUnsent(by time: Timestamp, limit: Int) async throws -> [UnsentEvent] {
        try await read(.connections) { try await $0.healthEventsUnsent(by: time, limit: limit) }
    }
    func renewalTroubles(at time: Timestamp, many: Int) async throws -> [RenewalTrouble] {
        try await read(.connections) { try await $0.renewalTroubles(at: time, many: many) }
    }
    func tokensEnding(by time: Timestamp, alsoTold: Bool, limit: Int) async throws -> [ConnectionID] {
        try await read(.connections) { try await $0.tokensEnding(by: time, alsoTold: alsoTold, limit: limit) }
    }
}

extension SimulatedStore: TokenSetStore {
    func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet] {
        try await read(.connections) { try await $0.tokens(in: organization, of: owner) }
    }
    func tokens(of connection: ConnectionID) async throws -> TokenSet? {
        spoiled(try await read(.connections) { try await $0.tokens(of: connection) })
    }
    func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet] {
        try await read(.connections) { try await $0.tokens(in: organization, after: after, through: last) }
    }
    func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID] {
        try await read(.connections) { try await $0.tokensDue(by: time, limit: limit) }
    }
}

extension SimulatedStore: ApprovalStore, NoticeStore {
    func approval(_ id: ApprovalID) async throws -> Approval? {
        try await read(.approvals) { try await $0.approval(id) }
    }
    func approval(asked: Digest) async throws -> Approval? {
        try await read(.approvals) { try await $0.approval(asked: asked) }
    }
    func approvals(in organization: OrganizationID?, pending: Bool, limit: Int) async throws -> [Approval] {
        try await read(.approvals) { try await $0.approvals(in: organization, pending: pending, limit: limit) }
    }
    func claimApproved(limit: Int) async throws -> [Approval] {
        try await read(.approvals) { $0.claimApproved(by: life.lease, limit: limit) }
    }
    func window(_ id: WindowID) async throws -> GrantWindow? {
        try await read(.approvals) { try await $0.window(id) }
    }
    func windows(in organization: OrganizationID, open: Bool, limit: Int) async throws -> [GrantWindow] {
        try await read(.approvals) { try await $0.windows(in: organization, open: open, limit: limit) }
    }
    func sendsNotices() async throws -> Bool {
        try await read(.notices) { $0.leads("notices", life.lease) }
    }
    func openNotices() async throws -> [QueuedNotice] { try await read(.notices) { try await $0.openNotices() } }
    func notices(settledSince time: Timestamp) async throws -> [QueuedNotice] {
        try await read(.notices) { try await $0.notices(settledSince: time) }
    }
    func noticeCounts() async throws -> [NoticeState: Int] {
        try await read(.notices) { try await $0.noticeCounts() }
    }
    func noticeSettings() async throws -> [UInt8]? { try await read(.notices) { try await $0.noticeSettings() } }
}
