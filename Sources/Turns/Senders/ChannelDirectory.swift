public import Authority
public import Gate
import Ledger
import Synchronization
import Wire

/// The directories of channels. Who was answered about isn't asked about again for ten minutes: a stranger who writes much causes
/// one request. A directory that doesn't answer has said nothing.
public final class ChannelDirectory: SenderDirectory {
    private let channels: [any DirectoryChannel]
    private let transport: any ChannelTransport
    private let commits: any Commits
    private let world: World
    /// Until when nobody is asked again.
    private let asked = Mutex<[Question: Timestamp]>([:])
    private let patience: Duration

    private struct Question: Hashable {
        let account: ChannelAccountID
        let sender: SenderID
    }

    static let pause: Int64 = 600
    private static let most = 10_000

    public init(
        channels: [any DirectoryChannel], transport: any ChannelTransport, commits: any Commits, world: World,
        patience: Duration = .seconds(10)
    ) {
        self.channels = channels
        self.transport = transport
        self.commits = commits
        self.world = world
        self.patience = patience
    }

    public func entry(of sender: SenderID, for account: ChannelAccount) async throws -> DirectoryEntry? {
        guard let channel = channels.first(where: { $0.traits.kind == account.id.kind }),
            let connection = account.connection, let request = channel.request(about: sender),
            try mayAsk(Question(account: account.id, sender: sender))
        else { return nil }
        let question = Question(account: account.id, sender: sender)
        do {
            let answer = try await ask(request, connection, of: sender, account.id)
            note(question, for: ChannelDirectory.pause)
            return channel.entry(answer, about: sender, for: account)
        } catch {
            note(question, for: 0)
            throw error
        }
    }

    private func ask(
        _ request: ChannelRequest, _ connection: ConnectionID, of sender: SenderID, _ account: ChannelAccountID
    ) async throws -> ChannelAnswer {
        let leaf = try Leaf(
            kind: .session, time: world.now().microseconds,
            fields: [
                "change": "sender.looked-up", "sender": .string(sender.raw), "account": .string("\(account)"),
                "connection": .string(connection.raw),
            ])
        try await commits.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .organization(account.organization))]))
        let transport = transport
        let reply = await withTaskGroup(of: ChannelReply.self) { group in
            group.addTask { await transport.send(request, with: connection) }
            group.addTask { [patience] in
                try? await Task.sleep(for: patience)
                return .unknown("the directory takes too long")
            }
            defer { group.cancelAll() }
            return await group.next()
        }
        switch reply {
        case .answered(let answer) where answer.status != 429 && answer.status < 500: return answer
        case .answered(let answer):
            throw TurnsError(.unavailable, "the directory of `\(account)` answered with status \(answer.status)")
        case .notSent(let reason), .unknown(let reason):
            throw TurnsError(.unavailable, "the directory of `\(account)` can't be asked: \(reason)")
        case nil: throw CancellationError()
        }
    }

    private func note(_ question: Question, for seconds: Int64) {
        let until = world.now().adding(seconds: seconds)
        asked.withLock { $0[question] = until }
    }

    /// - Throws: while the same is being asked, or about too many.
    private func mayAsk(_ question: Question) throws -> Bool {
        let now = world.now()
        return try asked.withLock { asked in
            if let until = asked[question], now < until {
                guard until != ChannelDirectory.underWay else {
                    throw TurnsError(.unavailable, "the directory of `\(question.account)` is being asked")
                }
                return false
            }
            if asked.count >= ChannelDirectory.most {
                asked = asked.filter { now < $0.value }
                guard asked.count < ChannelDirectory.most else {
                    throw TurnsError(.unavailable, "too many senders of `\(question.account)` are unknown")
                }
            }
            asked[question] = ChannelDirectory.underWay
            return true
        }
    }

    private static let underWay = Timestamp(microseconds: .max)
}
