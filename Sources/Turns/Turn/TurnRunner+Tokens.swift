import Authority
import Gate
import Synchronization
import Wire

/// Tokens that were put aside for one question before it was asked, and what came of them.
final class ReservedTokens: Sendable {
    let use: TokenUse
    let input: Int
    /// The most that the reply may have.
    let reply: Int
    /// Whether anything is counted where the server counts nothing.
    private let isEstimated: Bool
    private let heard = Mutex(0)

    init(_ use: TokenUse, input: Int, reply: Int, isEstimated: Bool) {
        self.use = use
        self.input = input
        self.reply = reply
        self.isEstimated = isEstimated
    }

    var reserved: Int { isEstimated ? input + reply : 0 }

    func hear(_ piece: String) { heard.withLock { $0 += piece.utf8.count } }

    /// What the server counted, and where it counted nothing what it must have been.
    func settled(by reply: ModelReply) -> TurnChange {
        var usage = reply.usage
        if isEstimated {
            if usage.input == 0 { usage.input = input }
            if usage.output == 0 { usage.output = reply.tokens }
        }
        return .used(use, tokens: usage.input + usage.output - reserved)
    }

    /// A reply that broke off was made all the same; where nothing was heard, nothing was.
    var settledByFailure: TurnChange {
        let heard = heard.withLock { $0 }
        let cost = isEstimated && heard > 0 ? input + ModelRequest.tokens(inBytes: heard) : 0
        return .used(use, tokens: cost - reserved)
    }
}

enum TokenReservation {
    case reserved(ReservedTokens)
    /// Said to whoever asked.
    case usedUp(String)
    /// What the question was judged by isn't so any more: it is judged again.
    case moved
}

extension TurnRunner {
    /// A reply that may not even be this long, in tokens, isn't asked for.
    private static let shortest = 64

    /// Puts aside what the question and its longest reply would cost, in the commit of the leaf that says it is asked. Near a
    /// limit the reply is given less room.
    ///
    /// - Parameters:
    ///   - under: what the question was judged by. In the same commit it is still so.
    ///   - isUnseen: whether pictures are told in words because the endpoint refused one.
    func reserve(
        for question: ModelRequest, at endpoint: ModelEndpoint, of profile: AgentProfile, in turn: Turn,
        _ labels: Labels, under readings: [EpochReading], purpose: String? = nil, isUnseen: Bool = false
    ) async throws -> TokenReservation {
        let isEstimated: Bool =
            switch endpoint.speaks {
            case .offline: false
            case .anthropic, .chat, .responses: true
            }
        let limits = TokenLimits(agent: profile.tokensPerDay, requester: profile.tokensPerPersonPerDay)
        let input = isEstimated ? question.tokens : 0
        while true {
            try Task.checkCancellation()
            let now = world.now()
            let use = TokenUse(turn, day: TokenUse.day(at: now))
            let least = isEstimated ? min(endpoint.longestReply, TurnRunner.shortest) : 1
            var reply = endpoint.longestReply
            if let limit = limits.agent {
                let left = limit - (try await store.tokensUsed(use)) - input
                guard left >= least else { return .usedUp("The agent has used up its tokens for today.") }
                reply = min(reply, left)
            }
            if let limit = limits.requester {
                let left = limit - (try await store.tokensUsedAlone(use)) - input
                guard left >= least else { return .usedUp("You have used up your tokens with this agent for today.") }
                reply = min(reply, left)
            }
            let tokens = ReservedTokens(use, input: input, reply: reply, isEstimated: isEstimated)
            let leaf = try Leaves.asks(
                turn, endpoint, step: turn.steps, labels, purpose, pictures: question.messages.pictures,
                isUnseen: isUnseen, at: now)
            let transaction = Transaction(
                requires: readings,
                changes: [
                    TurnChange.hold(turn.id, steps: turn.steps),
                    TurnChange.reserve(use, tokens: tokens.reserved, within: limits),
                ],
                leaves: [PlacedLeaf(leaf, in: .organization(turn.account.organization))])
            do throws(CommitError) {
                try await store.commit(transaction)
                return .reserved(tokens)
            } catch {
                switch error {
                // It isn't this gateway's any more.
                case .exists(turn.id.raw): throw error
                // Another turn took some meanwhile.
                case .exists: continue
                case .moved: return .moved
                case .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks, .unavailable: throw error
                }
            }
        }
    }
}

extension ModelRequest {
    /// How many tokens it is, rather more than fewer: no server's own way to count is known here.
    var tokens: Int { ModelRequest.tokens(inBytes: bytes) }

    /// Of UTF-8.
    var bytes: Int {
        let spoken = messages.reduce(system.utf8.count) { $0 + $1.bytes }
        return tools.reduce(spoken) {
            $0 + $1.name.utf8.count + $1.description.utf8.count + $1.schema.text.utf8.count
        }
    }

    static func tokens(inBytes bytes: Int) -> Int { (bytes + 2) / 3 }
}

extension ModelMessage {
    var bytes: Int {
        switch self {
        case .user(let text): text.utf8.count
        case .assistant(let text, let calls): text.utf8.count + calls.reduce(0) { $0 + $1.bytes }
        case .results(let results): results.reduce(0) { $0 + $1.bytes }
        }
    }
}

extension ModelToolResult {
    fileprivate var bytes: Int { call.utf8.count + text.utf8.count + (picture?.asWords ?? 0) }
}

extension ModelPicture {
    /// Bytes of words that cost as much.
    var asWords: Int { tokens * 3 }
}

extension ModelToolCall {
    fileprivate var bytes: Int { id.utf8.count + name.utf8.count + arguments.utf8.count }
}

extension ModelReply {
    fileprivate var tokens: Int {
        ModelRequest.tokens(inBytes: calls.reduce(text.utf8.count) { $0 + $1.bytes })
    }
}
