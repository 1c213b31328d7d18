import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

/// A server that refuses a call for want of a permission.
struct ScopeChallengeTests {
    private final class Challenges: ScopeChallenges {
        let told = Mutex<[String]>([])
        let teaches: Bool

        init(teaches: Bool) { self.teaches = teaches }

        func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson {
            told.withLock { $0.append("\(lack) \(call.tool) \(call.most.sorted())") }
            return teaches ? .learned([]) : .refused(ScopeRefusal("too much", wayOut: "less"))
        }
    }

    @Test func `what taught something is decided once more, as a call of its own`() async throws {
        let challenges = Challenges(teaches: true)
        let stage = try Stage(challenges: challenges)
        stage.upstream.answer(json: "{}", status: 403)
        stage.upstream.answer(json: #"{"done":true}"#)
        guard case .done = await stage.call("notes.write") else { return #expect(Bool(false), "it is done") }
        #expect(challenges.told.withLock { $0 } == [#"challenge("more") notes.write []"#])
        #expect(try await stage.kinds() == ["decision", "intent", "outcome", "decision", "intent", "outcome"])
    }

    @Test(arguments: [true, false]) func `a server that is never content is asked twice at most`(teaches: Bool)
        async throws
    {
        let challenges = Challenges(teaches: teaches)
        let stage = try Stage(challenges: challenges)
        for _ in 0..<3 { stage.upstream.answer(json: "{}", status: 403) }
        guard case .refused(_, let refusal) = await stage.call("notes.write") else {
            return #expect(Bool(false), "it is refused")
        }
        #expect(stage.upstream.seen.count == (teaches ? 2 : 1))
        #expect(refusal.explanation?.wayOut == (teaches ? nil : "less"))
    }

    @Test func `what the call lacks is decided as a need, and other calls go on`() async throws {
        let stage = try Stage(challenges: Lacking())
        stage.upstream.answer(json: "{}", status: 403)
        guard case .connect(let findings) = await stage.call("notes.write") else {
            return #expect(Bool(false), "somebody is asked")
        }
        #expect(findings.map(\.rule) == [.missingScopes] && findings[0].names.last == "`more`")
        #expect(try await stage.kinds() == ["decision", "intent", "outcome", "decision"])
        stage.upstream.answer(json: #"{"done":true}"#)
        guard case .done = await stage.call("notes.write", ["id": "2"]) else {
            return #expect(Bool(false), "another call is made")
        }
    }

    private struct Lacking: ScopeChallenges {
        func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson { .learned(["more"]) }
    }

    @Test func `another refusal teaches nothing`() async throws {
        let challenges = Challenges(teaches: true)
        let stage = try Stage(challenges: challenges)
        stage.upstream.answer(json: "{}", status: 401)
        guard case .refused = await stage.call("notes.write") else { return #expect(Bool(false), "it is refused") }
        #expect(challenges.told.withLock(\.isEmpty) && stage.upstream.seen.count == 1)
    }
}
