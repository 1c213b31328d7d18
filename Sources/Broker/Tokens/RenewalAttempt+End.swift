import Authority
import Gate
import Logging
import OAuth
import Vault
import Wire

/// Why an attempt ended without tokens.
enum Stop: Error, Sendable {
    /// The grant is over, or doesn't do any more: its owner has to connect again, with these claims where the provider names
    /// some.
    case dead(String, as: TokenTrouble.Kind = .dead, claims: String? = nil)
    /// It may be better soon. Seconds that the provider asked to wait; whether the attempt is known to have had no effect.
    case transient(String, after: Int?, isAnswered: Bool)
    /// Our registration with the provider, or its administrator, is at fault; the grant lives.
    case registration(String, as: TokenTrouble.Kind = .registration)
    case sealBroken(VaultError)

    init(_ problem: TokenProblem) {
        switch problem {
        case .notSent: self = .transient("not_sent", after: nil, isAnswered: true)
        case .lost: self = .transient("no_answer", after: nil, isAnswered: false)
        case .answered(let failure):
            let code = failure.code ?? "http_\(failure.status)"
            self =
                switch failure.kind {
                case .dead: .dead(code)
                case .needsUser(let claims): .dead(code, as: .needsUser, claims: claims)
                case .scope: .dead(code, as: .scope)
                case .registration: .registration(code)
                case .policy: .registration(code, as: .policy)
                case .transient(let after): .transient(code, after: after, isAnswered: failure.hasNotActed)
                }
        }
    }
}

extension RenewalAttempt {
    /// Writes down how it ended. A grant is given up only by its provider's word, and only while these are its tokens.
    ///
    /// - Parameter isSettled: whether it is known what became of the attempt before this one.
    func end(_ stop: Stop, isSettled: Bool = true) async -> Renewal {
        let count = (tokens.failure?.count ?? 0) + 1
        switch stop {
        case .dead(let code, let kind, let claims):
            return await giveUp(TokenTrouble(kind: kind, code: code, count: count, claims: claims))
        case .sealBroken(let error):
            await put(
                TokenTrouble(kind: .registration, code: OwnCode.seal, count: count), after: 300, isAnswered: isSettled)
            return .failed(.sealBroken(error))
        case .registration(let code, let kind):
            keeper.log.error(
                "our registration with a provider doesn't do",
                metadata: ["provider": "\(use.facts.provider)", "error": "\(code)"])
            await put(TokenTrouble(kind: kind, code: code, count: count), after: 300, isAnswered: isSettled)
            return .failed(.notRenewed("`\(code)`: whoever runs this home has to look at `deputy apps list`"))
        case .transient(let code, let after, let isAnswered):
            let wait = RenewalAttempt.wait(count, atLeast: after, jitter: keeper.world.jitter())
            await put(
                TokenTrouble(kind: .transient, code: code, count: count), after: wait,
                isAnswered: isAnswered && isSettled)
            return .failed(.notRenewed("`\(code)`; it is asked again soon"))
        }
    }

    /// Nothing was sent; whoever wants tokens looks at what there is by now.
    func late() async -> Renewal {
        let trouble = TokenTrouble(kind: .transient, code: "late", count: (tokens.failure?.count ?? 0) + 1)
        await put(trouble, after: 0, isAnswered: true)
        return .there
    }

    /// From 1 to 60 seconds, doubled each time and spread by a fifth; an hour at most where the provider says how long.
    ///
    /// - Parameter jitter: from -1 to 1.
    static func wait(_ count: Int64, atLeast after: Int?, jitter: Double) -> Int64 {
        let doubled = Double(min(60, 1 << min(count - 1, 6))) * (1 + 0.2 * jitter)
        return max(1, Int64(doubled), Int64(min(after ?? 0, 3_600)))
    }

    private func put(_ trouble: TokenTrouble, after seconds: Int64, isAnswered: Bool) async {
        let due = keeper.world.now().adding(seconds: seconds)
        // Lost, the lease runs out by itself.
        try? await keeper.commits.commit(
            Transaction(
                changes: [
                    TokenSetChange.giveUp(
                        use.facts.id, generation: tokens.generation, by: lease.owner, trouble, due: due,
                        isAnswered: isAnswered)
                ], leaves: leaves("tokens.failed", ["because": .string(trouble.code)])))
        keeper.forget(use.facts.id)
    }

    /// The connection is of no use until its owner did something.
    ///
    /// - Parameter claim: takes the lease in the same commit, for whoever hasn't got it.
    func giveUp(_ trouble: TokenTrouble, after claim: TokenSetChange? = nil) async -> Renewal {
        let scope = EpochScope.connections(use.organization, use.facts.owner, use.facts.provider)
        let fields: JSONObject = [
            "because": .string(trouble.code), "provider": .string(use.facts.provider.raw), "was": use.told,
        ]
        do throws(CommitError) {
            try await keeper.commits.commit(
                Transaction(
                    bumps: [scope],
                    changes: (claim.map { [$0] } ?? []) + [
                        TokenSetChange.giveUp(
                            use.facts.id, generation: tokens.generation, by: lease.owner,
                            trouble, due: nil, isAnswered: true),
                        BrokerChange.setHealth(use.facts.id, .broken),
                        HealthChange.turn(
                            use.turned(
                                ConnectionStanding(.needsReconnect, trouble.cause, code: trouble.said),
                                by: keeper.world)),
                    ], leaves: leaves("connection.broken", fields)))
        } catch {
            switch error {
            // Another process was quicker, or somebody connected again: what is there now counts.
            case .exists: return .there
            case .moved, .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks, .unavailable:
                return .failed(.notRenewed("the ledger can't be written"))
            }
        }
        keeper.forget(use.facts.id)
        return .failed(.expired)
    }
}
