import Authority
import Gate
import Turns
import Wire

/// Which organizations a group of transactions touches. Their sequencers are taken before anything else, in one order, so
/// that of several gateways one at a time appends to a tree, and what it read of epochs still holds when it commits.
struct Sequencing {
    let names: [String]
    /// Everybody reads the home's epoch, so that only its bump excludes others.
    let bumpsHome: Bool
    /// The epochs that the group compares or moves.
    let scopes: [String]

    init(_ group: [Transaction]) {
        var names: Set<String> = []
        var bumpsHome = false
        for transaction in group {
            for leaf in transaction.leaves { names.insert(leaf.tree.raw) }
            for spend in transaction.spends { names.insert(TreeID.organization(spend.window.organization).raw) }
            for reading in transaction.requires { if let name = reading.scope.sequencer { names.insert(name) } }
            // What is counted is counted under it.
            for case let change as TurnChange in transaction.changes {
                if let account = change.countedAccount {
                    names.insert(TreeID.organization(account.organization).raw)
                }
            }
            for scope in transaction.bumps {
                if let name = scope.sequencer { names.insert(name) }
                if scope == .home { bumpsHome = true }
            }
        }
        // Whoever writes anything takes one, and shows that it still has its lease.
        self.names = (names.isEmpty ? [TreeID.system.raw] : names).sorted()
        self.bumpsHome = bumpsHome
        scopes = Array(Set(group.flatMap { $0.requires.map(\.scope.raw) + $0.bumps.map(\.raw) }))
    }
}

extension EpochScope {
    /// Nil for the scopes whose changes go into the tree of their organization, or that everybody reads.
    var sequencer: String? {
        switch self {
        case .home, .client: nil
        case .organization(let organization), .agent(let organization, _), .person(let organization, _),
            .connections(let organization, _, _), .sharing(let organization), .software(let organization, _),
            .app(let organization, _), .issuers(let organization):
            TreeID.organization(organization).raw
        case .session(let key): TreeID.organization(key.organization).raw
        }
    }
}
