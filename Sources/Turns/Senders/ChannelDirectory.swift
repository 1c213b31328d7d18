public import Authority
public import Gate
import Ledger
import Synchronization
import Wire

/// The directories of channels. Who was asked about isn't asked about again for ten minutes: a stranger who writes much causes one
/// request.
public final class ChannelDirectory: SenderDirectory {
    private let channels: [any DirectoryChannel]
    private let transport: any ChannelTransport
    private let commits: any Commits
    private let world: World
    private let asked = Mutex<[Question: Timestamp]>([:])

    private struct Question: Hashable {
        let account: ChannelAccountID
        let sender: SenderID
    }

    static let pause: Int64 = 600
    private static let most = 10_000

    public init(
        channels: [any DirectoryChannel], transport: any ChannelTransport, commits: any Commits, world: World
    ) {
        self.channels = channels
        self.transport = transport
        self.commits = commits
        self.world = world
    }

    public func entry(of sender: SenderID, for account: ChannelAccount) async throws -> DirectoryEntry? {
        guard let channel = channels.first(where: { $0.traits.kind == account.id.kind }),
            let connection = account.connection, let request = channel.request(about: sender),
            mayAsk(Question(account: account.id, sender: sender))
        else { return nil }
        let leaf = try Leaf(
            kind: .session, time: world.now().microseconds,
            fields: [
                "change": "sender.looked-up", "sender": .string(sender.raw), "account": .string("\(account.id)"),
                "connection": .string(connection.raw),
            ])
        try await commits.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .organization(account.id.organization))]))
        guard case .answered(let answer) = await transport.send(request, with: connection) else { return nil }
        return channel.entry(answer, about: sender, for: account)
    }

    private func mayAsk(_ question: Question) -> Bool {
        let now = world.now()
        return asked.withLock { asked in
            if let last = asked[question], now < last.adding(seconds: ChannelDirectory.pause) { return false }
            if asked.count >= ChannelDirectory.most {
                asked = asked.filter { now < $0.value.adding(seconds: ChannelDirectory.pause) }
                guard asked.count < ChannelDirectory.most else { return false }
            }
            asked[question] = now
            return true
        }
    }
}
