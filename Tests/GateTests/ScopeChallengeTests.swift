import Authority
import Gate
import Synchronization
import Testing
import Twins

/// A server that refuses a call for want of a permission.
struct ScopeChallengeTests {
    private final class Challenges: ScopeChallenges {
        let told = Mutex<[String]>([])
        let teaches: Bool

        init(teaches: Bool) { self.teaches = teaches }

        func challenged(_ challenge: String, to tool: String, in organization: OrganizationID) async -> Bool {
            told.withLock { $0.append("\(challenge) \(tool)") }
            return teaches
        }
    }

    @Test func `what taught something is decided once more, as a call of its own`() async throws {
        let challenges = Challenges(teaches: true)
        let stage = try Stage(challenges: challenges)
        stage.upstream.answer(json: "{}", status: 403)
        stage.upstream.answer(json: #"{"done":true}"#)
        guard case .done = await stage.call("notes.write") else { return #expect(Bool(false), "it is done") }
        #expect(challenges.told.withLock { $0 } == ["more notes.write"])
        #expect(try await stage.kinds() == ["decision", "intent", "outcome", "decision", "intent", "outcome"])
    }

    @Test(arguments: [true, false]) func `a server that is never content is asked twice at most`(teaches: Bool)
        async throws
    {
        let challenges = Challenges(teaches: teaches)
        let stage = try Stage(challenges: challenges)
        for _ in 0..<3 { stage.upstream.answer(json: "{}", status: 403) }
        guard case .refused = await stage.call("notes.write") else { return #expect(Bool(false), "it is refused") }
        #expect(stage.upstream.seen.count == (teaches ? 2 : 1))
    }

    @Test func `another refusal teaches nothing`() async throws {
        let challenges = Challenges(teaches: true)
        let stage = try Stage(challenges: challenges)
        stage.upstream.answer(json: "{}", status: 401)
        guard case .refused = await stage.call("notes.write") else { return #expect(Bool(false), "it is refused") }
        #expect(challenges.told.withLock(\.isEmpty) && stage.upstream.seen.count == 1)
    }
}
