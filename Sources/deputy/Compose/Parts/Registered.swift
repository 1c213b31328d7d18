import Definition
import Gate
import Gateway
import Registry
import Storage

/// Who and what there is: people, agents, tokens, and what a decision is told of them.
struct Registered {
    let facts: RegistryFacts
    let tokens: StoredTokens
    let administration: Administration

    init(on ground: Ground, _ toolbox: Toolbox) {
        let store = ground.store
        facts = RegistryFacts(
            store: store, commits: store, shelf: toolbox.shelf, world: ground.world,
            channels: StoredCeilings(store: store),
            instructions: { [workspaces = ground.workspaces] agent in
                StandingOrders.revision(in: workspaces.read(agent)[StandingOrders.file])
            })
        tokens = StoredTokens(store: store, grants: store, commits: store, world: ground.world)
        administration = Administration(
            store: store, commits: store, shelf: toolbox.shelf, world: ground.world,
            accounts: { try await store.connections(in: $0, of: nil).map(\.held) }, isDemo: ground.home.isDemo)
    }
}
