import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

struct ChannelDirectoryTests {
    private static let sender = SenderID("slack:T1/alice")
    private static let account = ChannelAccount(id: Talk.account, connection: ConnectionID("con"))

    private static func directory(
        _ replies: [ChannelReply?], _ clock: FakeWorld = FakeWorld()
    ) -> (ChannelDirectory, AskedTransport) {
        let transport = AskedTransport(replies)
        return (
            ChannelDirectory(
                channels: [NamingChannel()], transport: transport, commits: MemoryStore(), world: clock.world,
                patience: .milliseconds(20)), transport
        )
    }

    private static func answer(_ status: Int) -> ChannelReply {
        .answered(ChannelAnswer(status: status, retryAfter: nil, body: []))
    }

    @Test(arguments: [ChannelReply.notSent("no way"), .unknown("lost"), answer(429), answer(503), nil])
    func `a directory that doesn't answer has said nothing, and is asked again`(reply: ChannelReply?) async throws {
        let (directory, transport) = Self.directory([reply, Self.answer(200)])
        await #expect(throws: TurnsError.self) { try await directory.entry(of: Self.sender, for: Self.account) }
        #expect(try await directory.entry(of: Self.sender, for: Self.account) != nil)
        #expect(transport.count == 2)
    }

    @Test(arguments: [200, 404])
    func `who was answered about isn't asked about again for ten minutes`(status: Int) async throws {
        let clock = FakeWorld()
        let (directory, transport) = Self.directory([Self.answer(status), Self.answer(200)], clock)
        let first = try await directory.entry(of: Self.sender, for: Self.account)
        #expect((first != nil) == (status == 200))
        clock.advance(seconds: 599)
        #expect(try await directory.entry(of: Self.sender, for: Self.account) == nil)
        #expect(transport.count == 1)
        clock.advance(seconds: 2)
        #expect(try await directory.entry(of: Self.sender, for: Self.account) != nil)
        #expect(transport.count == 2)
    }
}

private struct NamingChannel: DirectoryChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 10, hasThreads: true, hasButtons: false,
        canEdit: false, knowsRepeats: false)

    func request(about sender: SenderID) -> ChannelRequest? {
        ChannelRequest(method: "GET", path: "/\(sender)", body: .null)
    }

    func entry(_ answer: ChannelAnswer, about sender: SenderID, for account: ChannelAccount) -> DirectoryEntry? {
        guard answer.status == 200 else { return nil }
        return DirectoryEntry(
            sender: sender, standing: SenderStanding(proof: .platform), isDeactivated: false, address: nil)
    }
}

/// Answers in their order; nil takes longer than anybody waits.
private final class AskedTransport: ChannelTransport {
    private let state: Mutex<(replies: [ChannelReply?], count: Int)>

    init(_ replies: [ChannelReply?]) {
        state = Mutex((replies, 0))
    }

    var count: Int { state.withLock(\.count) }

    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        let reply = state.withLock { state in
            state.count += 1
            return state.replies.removeFirst()
        }
        guard let reply else {
            try? await Task.sleep(for: .seconds(600))
            return .unknown("cancelled")
        }
        return reply
    }
}
