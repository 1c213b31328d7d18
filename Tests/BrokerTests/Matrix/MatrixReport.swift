import Authority
import Gate
import Wire

/// What the upstream saw, against what it had to see.
struct MatrixReport {
    /// Calls by identity and by what came of them.
    private(set) var counts: [ActsAs: [String: Int]] = [:]
    /// Requests that came with a secret of somebody else.
    private(set) var wrongOwners: [String] = []
    /// Requests that came with another account of the right owner.
    private(set) var wrongAccounts: [String] = []
    /// Calls that weren't answered as they had to be.
    private(set) var wrongAnswers: [String] = []
    /// What no client of a strict token endpoint may do.
    let tokenFaults: [String]
    /// How often tokens were renewed.
    let renewals: Int
    /// Requests that came with a token which was over, and were sent again with the next.
    private(set) var refused = 0
    let changes: [String: Int]
    let pairs: Int

    var isRight: Bool {
        wrongOwners.isEmpty && wrongAccounts.isEmpty && wrongAnswers.isEmpty && tokenFaults.isEmpty
    }

    init(of calls: [MatrixCall], in matrix: Matrix, changes: [String: Int]) {
        self.changes = changes
        pairs = Set(calls.map(\.pair)).count
        tokenFaults = matrix.tokens.faults
        renewals = matrix.tokens.renewals
        let journal = matrix.upstream.journal
        for call in calls { judge(call, journal[call.number] ?? [], in: matrix) }
        let strangers = Set(journal.keys).subtracting(calls.map(\.number))
        wrongAnswers += strangers.map { "nobody made call \($0)" }
    }

    private mutating func judge(_ call: MatrixCall, _ requests: [MatrixUpstream.Seen], in matrix: Matrix) {
        refused += requests.count(where: \.isRefused)
        let (all, seen) = (requests.map(\.secret), requests.filter { !$0.isRefused }.map(\.secret))
        let (cast, table) = (matrix.cast, matrix.table)
        let agent = cast.agent(call.pair.identity, call.pair.agent)
        let holder = MatrixTable.Holder(owner: cast.owner(call.pair), provider: call.provider)
        let held = table.held(holder, from: call.start, to: call.end)
        let accounts = Set(held.compactMap { $0.account(for: agent) })
        let title = "p\(call.pair.person) at \(agent), \(call.provider), call \(call.number)"
        for secret in all {
            let whose = table.secret(secret)
            if whose?.holder != holder {
                wrongOwners.append("\(title): \(secret)")
            } else if whose.map({ accounts.contains($0.account) }) != true {
                wrongAccounts.append("\(title): \(secret), not \(accounts.sorted())")
            }
        }
        let outcome = call.answer?.outcome ?? "nothing"
        counts[call.pair.identity, default: [:]][outcome, default: 0] += 1
        let isTurning = held.count > 1
        let hasNone = held.contains { $0.account(for: agent) == nil }
        let isRight: Bool =
            switch (outcome, cast.right(call.pair)) {
            case ("denied", .denied): all.isEmpty
            case ("connect", .asks), ("connect", .free): all.isEmpty && hasNone
            case ("asked", .asks): all.isEmpty && !accounts.isEmpty
            case ("done", .free): seen.count == 1 && call.hasOwnResult(seen.compactMap { table.secret($0)?.account })
            // What the permit stood on changed after it was given.
            case ("withheld", .free): isTurning && seen.count <= 1
            case ("not_sent", .free): isTurning && seen.isEmpty
            case (_, _): false
            }
        if !isRight { wrongAnswers.append("\(title): \(outcome), \(requests), of \(accounts.sorted())") }
    }

    /// The share of an identity's calls that came to this.
    func share(_ outcome: String, of identity: ActsAs) -> Double {
        let all = counts[identity] ?? [:]
        return Double(all[outcome] ?? 0) / Double(max(1, all.values.reduce(0, +)))
    }

    var summary: String {
        let lines = MatrixCast.identities.map { identity in
            let outcomes = (counts[identity] ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return "  \(identity.rawValue): \(outcomes.joined(separator: ", "))"
        }
        let changed = changes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return """
            \(pairs) pairs: \(wrongOwners.count) wrong owners, \(wrongAccounts.count) wrong accounts, \
            \(wrongAnswers.count) wrong answers
            \(lines.joined(separator: "\n"))
              meanwhile: \(changed); tokens renewed \(renewals), refused \(refused)
            """
    }

    /// A few of everything that is wrong.
    var faults: [String] {
        Array(wrongOwners.prefix(5) + wrongAccounts.prefix(5) + wrongAnswers.prefix(5) + tokenFaults.prefix(5))
    }
}

extension MatrixCall {
    /// Whether the answer is of this very call, from this account.
    fileprivate func hasOwnResult(_ accounts: [String]) -> Bool {
        guard case .done(_, let result) = answer else { return false }
        return result["call"]?.integerValue == Int64(number) && result["account"]?.stringValue == accounts.first
    }
}

extension Answer {
    fileprivate var outcome: String {
        switch self {
        case .deny, .noSuchTool: "denied"
        case .ask, .tooManyAsks: "asked"
        case .done, .edited, .refused, .notSent, .unknown, .withheld, .pending, .declined, .connect, .invalid,
            .unavailable:
            name
        }
    }
}
