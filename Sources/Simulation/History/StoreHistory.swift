import Authority
public import Gate
import Synchronization
import Wire

/// Many callers at one store at the same time, over few approvals, budgets and identities, with everything that they did
/// and were told kept for the checker.
public struct StoreHistory: Sendable {
    public private(set) var approvals: [Int: [Operation<ApprovalRegister.Action>]] = [:]
    public private(set) var budgets: [Int: [Operation<Bool?>]] = [:]
    public private(set) var leases: [Int: [Operation<LeaseRegister.Action>]] = [:]

    public static let limit = 3
    private static let registers = 3
    private static let organization = OrganizationID("acme")

    enum Done: Sendable {
        case approval(Int, Operation<ApprovalRegister.Action>)
        case budget(Int, Operation<Bool?>)
        case lease(Int, Operation<LeaseRegister.Action>)
    }

    /// - Parameters:
    ///   - store: empty of what this makes.
    ///   - callers: at the same time.
    ///   - each: how much each of them does.
    public static func make(
        seed: UInt64, over store: any Commits, callers: Int, each: Int
    ) async throws -> StoreHistory {
        let clock = Counter()
        for register in 0..<registers {
            try await store.commit(
                Transaction(changes: [
                    ApprovalChange.park(try parked(register, seed), AskCaps(perSource: 1_000, perApprover: 1_000))
                ]))
        }
        let done = await withTaskGroup(of: [Done].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var generator = SeededGenerator(seed: seed &+ UInt64(caller) &* 977, stream: "history")
                    var done: [Done] = []
                    for _ in 0..<each { done.append(await one(caller, &generator, seed, store, clock)) }
                    return done
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        var history = StoreHistory()
        for one in done {
            switch one {
            case .approval(let register, let operation): history.approvals[register, default: []].append(operation)
            case .budget(let register, let operation): history.budgets[register, default: []].append(operation)
            case .lease(let register, let operation): history.leases[register, default: []].append(operation)
            }
        }
        return history
    }

    /// Which registers no order explains.
    public var unexplained: [String] {
        approvals.filter { !isLinearizable($0.value, from: ApprovalRegister.waiting) }.map { "approval \($0.key)" }
            + budgets.filter { !isLinearizable($0.value, from: BudgetRegister(limit: StoreHistory.limit)) }
            .map { "budget \($0.key)" }
            + leases.filter { !isLinearizable($0.value, from: LeaseRegister()) }.map { "lease \($0.key)" }
    }

    private static func one(
        _ caller: Int, _ generator: inout SeededGenerator, _ seed: UInt64, _ store: any Commits, _ clock: Counter
    ) async -> Done {
        let register = generator.below(registers)
        let begun = clock.next()
        switch generator.below(3) {
        case 0:
            let verb = generator.pick([ApprovalRegister.Verb.agree, .agree, .deny, .spend, .spend, .spend, .end])
            let step: ApprovalStep =
                switch verb {
                case .agree: .agree(PersonID("alice"))
                case .deny: .deny(PersonID("alice"), reason: "no")
                case .spend: .spend(CallID("call-\(caller)-\(begun)"))
                case .end: .expire
                }
            let isTaken = await taken(
                Transaction(changes: [ApprovalChange.step(id(register, seed), step)]), store)
            return .approval(
                register,
                Operation(
                    ApprovalRegister.Action(verb, isTaken: isTaken), begun: begun, ended: clock.end(isTaken)))
        case 1:
            let window = BudgetWindow(
                organization: organization, agent: AgentID("a\(register)-\(seed)"), length: .minute,
                at: Timestamp(microseconds: 1_795_000_000_000_000))
            let isTaken = await taken(Transaction(spends: [BudgetSpend(window: window, limit: limit)]), store)
            return .budget(register, Operation(isTaken, begun: begun, ended: clock.end(isTaken)))
        case _:
            return await lease(register, caller, &generator, seed, store, clock, begun)
        }
    }

    private static func lease(
        _ register: Int, _ caller: Int, _ generator: inout SeededGenerator, _ seed: UInt64, _ store: any Commits,
        _ clock: Counter, _ begun: Int
    ) async -> Done {
        let call = CallID("lease-\(seed)-\(register)-\(caller)")
        if generator.once(in: 2) {
            let isDone = await taken(Transaction(changes: [GateChange.close(call)]), store)
            return .lease(
                register, Operation(.leave(by: caller, isDone: isDone), begun: begun, ended: clock.end(isDone)))
        }
        let open = OpenCall(
            id: call, organization: organization, agent: AgentID("email"), requester: "person:alice", tool: "t",
            effect: .send, identity: .sha256(of: Array("\(seed)/\(register)".utf8)), state: .open,
            opened: Timestamp(microseconds: 1_795_000_000_000_000))
        let isTaken = await taken(Transaction(changes: [GateChange.open(open)]), store)
        return .lease(
            register, Operation(.take(by: caller, isTaken: isTaken), begun: begun, ended: clock.end(isTaken)))
    }

    /// Nil when the store can't say.
    private static func taken(_ transaction: Transaction, _ store: any Commits) async -> Bool? {
        do throws(CommitError) {
            try await store.commit(transaction)
            return true
        } catch {
            return switch error {
            case .moved, .budgetSpent, .identicalCall, .exists, .approval, .window, .tooManyAsks: false
            case .unavailable: nil
            }
        }
    }

    private static func id(_ register: Int, _ seed: UInt64) -> ApprovalID { ApprovalID("apr-\(seed)-\(register)") }

    /// As the gate would park it.
    private static func parked(_ register: Int, _ seed: UInt64) throws -> Approval {
        let digest = JSON.string(Digest.sha256(of: Array("\(seed)-\(register)".utf8)).hex)
        let value: JSON = [
            "id": .string(id(register, seed).raw),
            "call": [
                "organization": .string(organization.raw), "agent": "email", "requester": ["person", "bob"],
                "client": "c1", "trigger": "call", "tool": "t", "effect": "send",
            ],
            "binding": ["definition": digest, "pin": digest, "connection": "con1", "account": "alice"],
            "digest": digest, "asked": digest, "needs": [["alice"]], "allowsWindow": true,
            "created": .number(JSONNumber(1_795_000_000_000_000)),
            "expires": .number(JSONNumber(1_895_000_000_000_000)), "yes": [], "state": ["name": "waiting"],
        ]
        guard let approval = Approval(json: value) else { throw Unreadable() }
        return approval
    }

    struct Unreadable: Error {}
}

/// Counts up, for many at once.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }

    /// Nil where the answer says nothing: then it may happen later still.
    func end(_ answer: Bool?) -> Int? { answer == nil ? nil : next() }
}
