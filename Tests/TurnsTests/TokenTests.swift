import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// Tokens are put aside before they are spent.
struct TokenTests {
    private static let chat = ModelSlot(
        name: "chat", speaks: .chat, model: "m", base: "https://models.test", longestReply: 1_000)

    private static func talk(perDay: Int?) throws -> Talk {
        try Talk(
            profile: AgentProfile(system: "", models: [Self.chat], isOpen: false, tokensPerPersonPerDay: perDay))
    }

    private static func used(_ talk: Talk, by person: PersonID = Stage.alice) async throws -> Int {
        let turn = try #require(try await talk.stage.store.turns(of: person, in: Stage.organization, limit: 1).first)
        return try await talk.stage.store.tokensUsedAlone(
            TokenUse(turn, day: TokenUse.day(at: talk.stage.clock.world.now())))
    }

    @Test func `while a model is asked, what its longest reply would cost is spent already`() async throws {
        let talk = try Self.talk(perDay: 100_000)
        let seen = Mutex(0)
        talk.model.meanwhile { [talk] in
            let used = (try? await Self.used(talk)) ?? 0
            seen.withLock { $0 = used }
        }
        try await talk.write("hi")
        try await talk.settle()
        let reserved = seen.withLock { $0 }
        #expect(reserved > 1_000)
        #expect(try await Self.used(talk) == 2)
    }

    @Test func `of turns at once no more are asked than the limit lets`() async throws {
        let talk = try Self.talk(perDay: 3_500)
        let door = Door()
        door.close("model")
        talk.model.meanwhile { await door.pass("model") }
        for number in 0..<8 { try await talk.write("hi", thread: "\(number)") }
        let turns = talk.gateway().turns
        await turns.sweep()
        await turns.admitting.wait()
        await turns.sweep()
        while talk.model.requests.count + (try await Self.ended(talk)) < 8 { await Task.yield() }
        #expect(talk.model.requests.count <= 4)
        #expect(try await Self.used(talk) <= 3_500)
        door.open("model")
        try await turns.settle()
    }

    private static func ended(_ talk: Talk) async throws -> Int {
        try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 99).count {
            $0.state == .ended(.failed)
        }
    }

    @Test func `near the limit a reply has less room, and never none`() async throws {
        let talk = try Self.talk(perDay: 900)
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words == ["hello"])
        let asked = try #require(talk.model.endpoints.first)
        #expect(asked.longestReply < 900 && asked.longestReply > 64)
    }

    @Test func `a server that counts nothing costs what was said`() async throws {
        let talk = try Self.talk(perDay: nil)
        talk.model.play { _ in
            ModelReply(
                text: String(repeating: "a", count: 300), calls: [], ending: .finished, usage: ModelUsage())
        }
        try await talk.write("hi")
        try await talk.settle()
        #expect(try await Self.used(talk) > 100)
    }

    @Test(arguments: [(heard: true, least: 100, most: 2_000), (heard: false, least: 0, most: 0)])
    func `a reply that broke off costs what was heard of it`(heard: Bool, least: Int, most: Int) async throws {
        let talk = try Self.talk(perDay: nil)
        talk.model.breaksOff(after: heard ? String(repeating: "a", count: 300) : nil)
        try await talk.write("hi")
        try await talk.settle()
        #expect(try await (least...most).contains(Self.used(talk)))
    }
}
