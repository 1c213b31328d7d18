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
