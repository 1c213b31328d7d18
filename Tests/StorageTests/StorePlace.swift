import PostgreSQL
import TestCluster

@testable import Storage

/// Both databases that a store can be in.
enum Database: CaseIterable, Sendable {
    case sqlite, postgreSQL

    /// A place of its own, empty.
    func place() async throws -> StorePlace {
        switch self {
        case .sqlite: return .embedded(try TemporaryHome())
        case .postgreSQL:
            let cluster = try await TestCluster.shared
            return .shared(try cluster.url(try await cluster.makeDatabase()))
        }
    }
}

enum StorePlace: Sendable {
    case embedded(TemporaryHome)
    case shared(DatabaseURL)

    func open(_ settings: StoreSettings = StoreSettings()) async throws -> SQLStore {
        switch self {
        case .embedded(let home): try home.open(settings)
        case .shared(let url):
            try await SQLStore.open(url, name: "test", settings, onLostWrite: { print("a write was lost: \($0)") })
        }
    }
}
