import Authority
import Broker
import Gate
import OAuth
import Twins
import Wire

/// Changes whose accounts are what, one change after the other, while calls run.
struct MatrixChanges {
    let matrix: Matrix
    var dice: MatrixDice

    private var cast: MatrixCast { matrix.cast }
    private var table: MatrixTable { matrix.table }

    init(matrix: Matrix, dice: MatrixDice) {
        self.matrix = matrix
        self.dice = dice
    }

    /// What everybody has in the beginning: most have one account, some none, some two with and without a choice.
    static func settle(_ matrix: Matrix) async throws {
        let cast = matrix.cast
        let owners = (0..<cast.people).map { Owner.person(cast.person($0)) }
        let agents = MatrixCast.identities.dropFirst().flatMap { identity in
            (0..<cast.agents).map { Owner.agent(cast.agent(identity, $0)) }
        }
        // An agent's account is made while nobody connects one as their own.
        for owners in [owners, agents] { try await settle(owners, in: matrix) }
    }

    private static func settle(_ owners: [Owner], in matrix: Matrix) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, owner) in owners.enumerated() {
                for (place, provider) in MatrixCast.providers.enumerated() {
                    let holder = MatrixTable.Holder(owner: owner, provider: provider)
                    group.addTask {
                        var changes = MatrixChanges(matrix: matrix, dice: MatrixDice(seed: UInt64(number)))
                        try await changes.settle(holder, number + 3 * place)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private mutating func settle(_ holder: MatrixTable.Holder, _ number: Int) async throws {
        switch number % 10 {
        case 9: break
        case 7, 8:
            for isSecond in [false, true] { try await connect(holder, isSecond: isSecond) }
            if number % 10 == 7 {
                for agent in agents(of: holder.owner) { try await choose(holder, for: agent) }
            }
        case 6:
            try await connect(holder, isSecond: false)
            try await breakOne(holder)
        default: try await connect(holder, isSecond: false)
        }
    }

    /// One change for each turn.
    ///
    /// - Returns: how many there were, by their names.
    func run(on turns: AsyncStream<Void>) async throws -> [String: Int] {
        var changes = self
        var count: [String: Int] = [:]
        for await _ in turns { count[try await changes.change(), default: 0] += 1 }
        return count
    }

    private mutating func change() async throws -> String {
        let owner: Owner =
            if Int.random(in: 0..<10, using: &dice) < 7 {
                .person(cast.person(Int.random(in: 0..<cast.people, using: &dice)))
            } else {
                .agent(
                    cast.agent(
                        Bool.random(using: &dice) ? .claw : .delegate, Int.random(in: 0..<cast.agents, using: &dice)))
            }
        let provider = MatrixCast.providers[Int.random(in: 0..<MatrixCast.providers.count, using: &dice)]
        let holder = MatrixTable.Holder(owner: owner, provider: provider)
        let held = table.now(holder)
        switch Int.random(in: 0..<8, using: &dice) {
        case 0, 1:
            // Another account than the one that it was, under the same owner.
            guard let last = held.live.last else { break }
            try await revoke(holder, last)
            try await connect(holder, isSecond: !last.isSecond)
            return "reconnected"
        case 2:
            guard held.live.count == 1 else { break }
            try await connect(holder, isSecond: !held.live[0].isSecond)
            return "connected"
        case 3, 4:
            guard held.live.contains(where: { $0.health == .healthy }),
                let agent = agents(of: owner).randomElement(using: &dice)
            else { break }
            try await choose(holder, for: agent)
            return "chosen"
        case 5:
            guard let agent = held.chosen.keys.sorted().randomElement(using: &dice) else { break }
            try await takeBack(holder, agent)
            return "taken back"
        case 6:
            guard held.live.contains(where: { $0.health == .healthy }) else { break }
            try await breakOne(holder)
            return "broken"
        default:
            guard let last = held.live.last else { break }
            try await revoke(holder, last)
            return "revoked"
        }
        guard held.live.isEmpty else { return "nothing" }
        try await connect(holder, isSecond: Bool.random(using: &dice))
        return "connected"
    }

    private func agents(of owner: Owner) -> [AgentID] {
        switch owner {
        case .person: (0..<cast.agents).map { cast.agent(.assistant, $0) }
        case .agent(let agent): [agent]
        case .organization: []
        }
    }

    private func connect(_ holder: MatrixTable.Holder, isSecond: Bool) async throws {
        let name = holder.owner.account(isSecond: isSecond)
        guard !table.now(holder).live.contains(where: { $0.name == name }) else { return }
        let new = NewConnection(
            organization: MatrixCast.organization, owner: holder.owner, provider: holder.provider,
            agentOwner: MatrixCast.boss, isSharedWithOwner: false, people: matrix.claims, by: "test", under: [])
        try await table.change(holder) { held in
            let row = try await (holder.provider == MatrixTokens.provider ? granted : keyed)(new, name, holder)
            held.accounts.append(MatrixTable.Account(connection: row.id, name: name))
        }
    }

    private func keyed(
        _ new: NewConnection, _ name: String, _ holder: MatrixTable.Holder
    ) async throws -> ConnectionRecord {
        var secret = Array(table.newSecret(of: name, holder).utf8)
        return try await matrix.desk.add(new, secret: &secret)
    }

    private func granted(
        _ new: NewConnection, _ name: String, _ holder: MatrixTable.Holder
    ) async throws -> ConnectionRecord {
        try await matrix.desk.keep(
            Granted(
                provider: holder.provider, clientID: "deputy", answer: try matrix.tokens.granted(name, holder),
                asked: matrix.clock.world.now(), requested: [],
                account: UpstreamAccount(id: name, email: name, name: nil, scopes: nil)), for: new)
    }

    private func revoke(_ holder: MatrixTable.Holder, _ account: MatrixTable.Account) async throws {
        try await table.change(holder) { held in
            _ = try await matrix.desk.revoke(account.connection, in: MatrixCast.organization, by: "test")
            held.set(.revoked, account.connection)
        }
    }

    /// By what the gate does when the provider refuses a credential.
    private mutating func breakOne(_ holder: MatrixTable.Holder) async throws {
        let healthy = table.now(holder).live.filter { $0.health == .healthy }
        guard let account = healthy.randomElement(using: &dice),
            let row = try await matrix.store.connection(account.connection)
        else { return }
        try await table.change(holder) { held in
            await matrix.connections.wasRefused(row.use)
            if try await matrix.store.connection(account.connection)?.health == .broken {
                held.set(.broken, account.connection)
            }
        }
    }

    private mutating func choose(_ holder: MatrixTable.Holder, for agent: AgentID) async throws {
        let healthy = table.now(holder).live.filter { $0.health == .healthy }
        guard let account = healthy.randomElement(using: &dice) else { return }
        try await table.change(holder) { held in
            _ = try await matrix.desk.choose(
                account.connection, of: holder.owner, for: agent, shown: account.name, by: "test",
                in: MatrixCast.organization, under: [])
            held.chosen[agent] = account
        }
    }

    private func takeBack(_ holder: MatrixTable.Holder, _ agent: AgentID) async throws {
        try await table.change(holder) { held in
            try await matrix.desk.takeBackChoice(
                of: holder.owner, at: holder.provider, for: agent, by: "test", in: MatrixCast.organization)
            held.chosen[agent] = nil
        }
    }
}

extension MatrixTable.Account {
    fileprivate var isSecond: Bool { name.hasSuffix("@home.test") }
}

extension MatrixTable.Held {
    fileprivate mutating func set(_ health: ConnectionHealth, _ connection: ConnectionID) {
        for index in accounts.indices where accounts[index].connection == connection { accounts[index].health = health }
    }
}

extension Owner {
    fileprivate func account(isSecond: Bool) -> String {
        switch self {
        case .person(let person): isSecond ? "\(person)@home.test" : "\(person)@acme.test"
        case .agent(let agent): isSecond ? "\(agent)@home.test" : "\(agent)@bots.test"
        case .organization: "all@bots.test"
        }
    }
}
