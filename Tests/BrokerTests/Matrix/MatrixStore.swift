import Authority
import Broker
import Foundation
import Gate
import Registry
import Storage
import TestCluster
import Wire

typealias MatrixStore = Commits & SessionStates & Budgets & Payloads & ApprovalStore & RegistryStore & SharingStore
    & ConnectionStore & TokenSetStore & AppStore & HealthStore

/// Both databases that a store can be in.
enum MatrixDatabase: CaseIterable, Sendable {
    case sqlite, postgreSQL

    /// Lends an empty store, and takes it away.
    func withStore<Result>(_ body: (SQLStore) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "matrix-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await open(folder.appending(path: "deputy.sqlite").path)
        do {
            let result = try await body(store)
            try await store.close()
            return result
        } catch {
            try? await store.close()
            throw error
        }
    }

    private func open(_ path: String) async throws -> SQLStore {
        switch self {
        case .sqlite: return try SQLStore.open(at: path, onLostWrite: { _ in })
        case .postgreSQL:
            let cluster = try await TestCluster.shared
            let name = try await cluster.makeDatabase()
            return try await SQLStore.open(
                databaseAt: "postgresql://postgres@/\(name)?host=\(cluster.folder)&port=\(cluster.port)",
                name: "matrix",
                holding: HomeLock(database: path), onLostWrite: { _ in })
        }
    }
}

/// The store, with the people remembered: 12,000 decisions read 200 of them each.
struct MatrixRegistry: RegistryStore, SharingStore {
    let store: any MatrixStore
    let known: [PersonRecord]

    func people(in organization: OrganizationID) async throws -> [PersonRecord] { known }
    func organization(_ id: OrganizationID) async throws -> OrganizationRecord? { try await store.organization(id) }
    func organizations() async throws -> [OrganizationRecord] { try await store.organizations() }
    func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord? {
        try await store.person(id, in: organization)
    }
    func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord? {
        try await store.agent(id, in: organization)
    }
    func agents(in organization: OrganizationID) async throws -> [AgentRecord] {
        try await store.agents(in: organization)
    }
    func token(hash: Digest) async throws -> TokenRecord? { try await store.token(hash: hash) }
    func token(_ id: ClientID) async throws -> TokenRecord? { try await store.token(id) }
    func tokens(in organization: OrganizationID) async throws -> [TokenRecord] {
        try await store.tokens(in: organization)
    }
    func document(_ name: String, in organization: OrganizationID) async throws -> JSON? {
        try await store.document(name, in: organization)
    }
    func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord? {
        try await store.agreement(of: person, with: agent, in: organization)
    }
    func sharing(in organization: OrganizationID) async throws -> Sharing { try await store.sharing(in: organization) }
}
