public import Authority
public import Gate
import Ledger
import Wire

/// What a migration has changed and nobody has said.
public protocol UpgradeStore: RegistryStore {
    func upgradesUntold() async throws -> [OrganizationID]
}

public enum UpgradeChange: StoredChange {
    /// The organization's ledger says it; refused (`exists`) where it did already.
    case told(OrganizationID)
}

/// Says in the ledger what definitions have become where a migration changed them: every change of what agents may do is a leaf.
public struct Upgrade: Sendable {
    let store: any UpgradeStore
    let commits: any Commits
    let world: World

    public init(store: any UpgradeStore, commits: any Commits, world: World) {
        self.store = store
        self.commits = commits
        self.world = world
    }

    /// One commit for each organization. Of several gateways that start at once one says it.
    public func tell() async throws {
        for organization in try await store.upgradesUntold() {
            do {
                try await commits.commit(
                    Transaction(
                        changes: [UpgradeChange.told(organization)], leaves: try await leaves(of: organization)))
            } catch CommitError.exists {
                continue
            }
        }
    }

    private func leaves(of organization: OrganizationID) async throws -> [PlacedLeaf] {
        var said: [JSONObject] = []
        if let models = try await store.document("models", in: organization) {
            said.append(["change": "models.migrated", "models": models])
        }
        for record in try await store.agents(in: organization) where record.definition["models"] != nil {
            said.append([
                "change": "agent.migrated", "agent": .string(record.id.raw), "definition": record.definition,
                "changed": ["models", "budget"],
            ])
        }
        return try said.map { fields in
            var fields = fields
            (fields["by"], fields["migration"]) = ("gateway", "073-models-in-definitions")
            return PlacedLeaf(
                try Leaf(kind: .authority, time: world.now().microseconds, fields: fields),
                in: .organization(organization))
        }
    }
}
