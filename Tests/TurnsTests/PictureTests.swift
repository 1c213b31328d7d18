import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

/// Pictures that came with a message, on their way to a model.
struct PictureTests {
    private static func slot(
        _ name: String, _ speaks: ModelProtocol = .anthropic, sees: Bool = true, context: Int? = nil,
        classes: DataClasses = []
    ) -> ModelSlot {
        ModelSlot(
            name: name, speaks: speaks, model: "m", base: "https://\(name).test", classes: classes, longestReply: 100,
            context: context, seesPictures: sees)
    }

    private let shelf = Shelf()

    private func talk(_ slots: ModelSlot..., perDay: Int? = nil) async throws -> Talk {
        let profile = AgentProfile(system: "", models: slots, isOpen: false, tokensPerDay: perDay)
        let talk = try Talk(profile: profile, shelf: shelf) {
            $0.tools = ["notes.*", "attachments.*"]
        }
        let account = ChannelAccount(id: Talk.account, connection: ConnectionID("con"))
        try await talk.stage.store.commit(
            Transaction(changes: [
                ChannelChange.add(
                    ChannelAccountRecord(account: account, sealed: [], created: talk.stage.clock.world.now()))
            ]))
        put(Pictures.png)
        talk.plays("attachments.open", ["file": "F1"])
        return talk
    }

    private func put(_ bytes: [UInt8], saying type: String = "image/png") {
        shelf.become(Shelf.State(type: type, size: bytes.count, bytes: bytes))
    }

    private func write(
        _ talk: Talk, _ text: String = "see", files: [String] = ["F1"], as person: PersonID = Stage.alice,
        forwarded: String? = nil
    ) async throws {
        try await talk.write(
            text, as: person, forwarded: forwarded,
            attachments: files.map { Attachment(id: $0, name: "a.png", mediaType: "image/png", size: 5) })
        try await talk.settle()
    }

    private func pictures(_ request: ModelRequest) -> [ModelPicture] {
        request.messages.flatMap { message -> [ModelPicture] in
            if case .results(let results) = message { return results.compactMap(\.picture) }
            return []
        }
    }

    private func results(_ request: ModelRequest?) -> String {
        request?.messages.map { message in
            if case .results(let results) = message { return results.map(\.text).joined(separator: "\n") }
            return ""
        }.joined() ?? ""
    }

    @Test func `a model is shown the picture that it opened, and what is kept says where it is`() async throws {
        let talk = try await talk(Self.slot("main"))
        try await write(talk)
        let shown = pictures(try #require(talk.model.requests.last))
        #expect(shown.map(\.bytes) == [Pictures.png] && shown.map(\.mediaType) == ["image/png"])
        #expect(shown.map(\.tokens) == [23 * 18])
        let turn = try #require(
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
        for number in 0..<turn.steps {
            let kept = try #require(try await talk.payloads.open(turn.payload(of: number))).text
            #expect(!kept.contains(Base64.encode(Pictures.png)) && !kept.contains(Base64.encodeURL(Pictures.png)))
            if kept.contains("\"answered\"") { #expect(kept.contains(#""picture":{"file":"F1""#)) }
        }
        let leaf = try #require(try await talk.stage.leaves().last { $0["kind"] == "model" })
        #expect(leaf["pictures"] == 1)
    }

    @Test func `what its bytes are counts, whatever its name says`() async throws {
        let talk = try await talk(Self.slot("main"))
        for (bytes, type, words) in [
            (Pictures.jpeg(5, 5), "image/png", "image/jpeg"), (Pictures.gif(5, 5), "text/plain", "image/gif"),
            (Pictures.webp("VP8L", [0x2F, 4, 0, 1, 0]), "application/octet-stream", "image/webp"),
        ] {
            put(bytes, saying: type)
            try await write(talk)
            #expect(pictures(try #require(talk.model.requests.last)).map(\.mediaType) == [words])
        }
    }

    @Test(arguments: [
        (Array("hello".utf8), "image/png", "a PNG, JPEG, GIF or WebP picture"),
        (Array("<svg/>".utf8), "image/svg+xml", "a PNG, JPEG, GIF or WebP picture"),
        (Pictures.gif(5, 5, pictures: 2), "image/gif", "the picture moves"),
        (Pictures.png(8_001, 5), "image/png", "8001 × 5 pixels, which is more than the agent"),
    ])
    func `what no model could be shown is refused with what it is`(bytes: [UInt8], type: String, words: String)
        async throws
    {
        let talk = try await talk(Self.slot("main"))
        put(bytes, saying: type)
        try await write(talk)
        #expect(talk.words.last?.contains(words) == true, "\(talk.words)")
        #expect(pictures(try #require(talk.model.requests.last)).isEmpty)
    }

    @Test func `where no model sees, the refusal names the way out, and nothing is fetched`() async throws {
        let talk = try await talk(Self.slot("main", sees: false))
        try await write(talk)
        #expect(talk.words.last?.contains("`deputy models add NAME … --sees pictures`") == true)
        #expect(!shelf.asked.contains { $0.hasPrefix("https://") })
    }

    @Test func `a fallback that doesn't see is told so, and one that sees is asked before it`() async throws {
        let talk = try await talk(Self.slot("blind", sees: false), Self.slot("main"))
        let order = { talk.model.endpoints.map(\.name) }
        try await write(talk)
        #expect(order() == ["blind", "main"])
        talk.model.play { [model = talk.model] request throws(ModelFailure) in
            guard case .results(let results)? = request.messages.last else {
                return Talk.calling("attachments.open", ["file": "F1"])
            }
            if model.endpoints.last?.name == "main" { throw .refused("gone") }
            return Talk.reply(results[0].text)
        }
        try await write(talk)
        #expect(Array(order().suffix(3)) == ["blind", "main", "blind"])
        #expect(pictures(try #require(talk.model.requests.last)).isEmpty)
        #expect(
            talk.words.last?.hasSuffix("(The picture isn't shown: you are a model that isn't shown pictures.)") == true)
    }

    private func refusing(_ talk: Talk, _ failure: ModelFailure, also words: Bool = false) {
        talk.model.play { request throws(ModelFailure) in
            guard case .results(let results)? = request.messages.last else {
                return Talk.calling("attachments.open", ["file": "F1"])
            }
            if words || results[0].picture != nil { throw failure }
            return Talk.reply(results[0].text)
        }
    }

    private func questions(_ talk: Talk) async throws -> [JSON] {
        try await talk.stage.leaves().filter { $0["kind"] == "model" }
    }

    @Test(arguments: [ModelProtocol.anthropic, .chat, .responses])
    func `a server that refuses a picture is asked once more, in words`(speaks: ModelProtocol) async throws {
        let talk = try await talk(Self.slot("main", speaks), Self.slot("other", speaks))
        refusing(talk, .unfit("no pictures"))
        try await write(talk)
        #expect(talk.model.endpoints.map(\.name) == ["main", "main", "main"])
        #expect(talk.model.requests.map { pictures($0).count } == [0, 1, 0])
        let words = "(The picture isn't shown: the server that you are asked at refused it.)"
        #expect(talk.words.last?.hasSuffix(words) == true, "\(talk.words)")
        let leaves = try await questions(talk)
        #expect(leaves.map { $0["pictures"] } == [nil, 1, nil])
        #expect(leaves.map { $0["pictures_refused"] } == [nil, nil, true])
        // The next turn tries again: the picture is another one.
        try await write(talk)
        #expect(talk.model.requests.map { pictures($0).count } == [0, 1, 0, 0, 1, 0])
    }

    @Test func `a server that refuses the words too is asked no more, and the next one is shown the picture`()
        async throws
    {
        let talk = try await talk(Self.slot("main"), Self.slot("other"))
        refusing(talk, .unfit("no"), also: true)
        try await write(talk)
        #expect(talk.model.endpoints.map(\.name) == ["main", "main", "main", "other", "other"])
        #expect(talk.model.requests.map { pictures($0).count } == [0, 1, 0, 1, 0])
        #expect(talk.words.last == "No model answered to this with its picture. Try again later, or without it.")
    }

    @Test func `where there was no picture a refusal is one`() async throws {
        let talk = try await talk(Self.slot("main"))
        talk.model.play { _ throws(ModelFailure) in throw .unfit("no") }
        try await write(talk)
        #expect(talk.model.requests.count == 1)
    }

    @Test func `what is no matter of the picture isn't asked again`() async throws {
        let talk = try await talk(Self.slot("main"))
        refusing(talk, .refused("the key"))
        try await write(talk)
        #expect(talk.model.requests.count == 2)
    }

    @Test func `a model that may not read what the conversation saw isn't shown a picture either`() async throws {
        let talk = try await talk(Self.slot("far"), Self.slot("near", sees: false, classes: [.financial]))
        try await talk.stage.store.commit(
            Transaction(changes: [
                GateChange.saw(
                    talk.session(of: Stage.alice),
                    Labels(integrity: .colleague, readers: .organization, classes: [.financial]),
                    at: talk.stage.clock.world.now())
            ]))
        try await write(talk)
        #expect(Set(talk.model.endpoints.map(\.name)) == ["near"])
        #expect(talk.model.requests.allSatisfy { pictures($0).isEmpty })
    }

    @Test func `a picture counts by its provider's rule, and one for which there is no room is told`() async throws {
        let talk = try await talk(Self.slot("main", context: 100 + 2_000))
        try await write(talk)
        #expect(pictures(try #require(talk.model.requests.last)).count == 1)
        put(Pictures.png(4_000, 4_000))
        try await write(talk)
        #expect(pictures(try #require(talk.model.requests.last)).isEmpty)
        #expect(results(talk.model.requests.last).contains("there is no room for it; it can be opened again"))
    }

    @Test func `what a picture costs is put aside before it is spent`() async throws {
        let talk = try await talk(Self.slot("main"), perDay: 3_000)
        put(Pictures.png(4_000, 4_000))
        try await write(talk)
        #expect(talk.words.last == "The agent has used up its tokens for today.")
        #expect(talk.model.requests.count == 1)
    }

    @Test func `of many pictures the newest are shown`() async throws {
        let talk = try await talk(Self.slot("main"))
        talk.model.play { request in
            guard case .results(let results)? = request.messages.last else {
                let calls = (0..<23).map {
                    ModelToolCall(id: "c\($0)", name: "attachments.open", arguments: #"{"file":"F\#($0)"}"#)
                }
                return ModelReply(text: "", calls: calls, ending: .tools, usage: ModelUsage())
            }
            return Talk.reply("\(results.count)")
        }
        try await write(talk, files: (0..<23).map { "F\($0)" })
        let shown = pictures(try #require(talk.model.requests.last))
        #expect(shown.map(\.file) == (3..<23).map { "F\($0)" })
    }

    @Test func `a picture that is gone or was changed meanwhile is told, and the turn goes on`() async throws {
        let talk = try await talk(Self.slot("main"))
        shelf.become(Shelf.State(type: "image/png", size: 3, bytes: Pictures.png, next: Pictures.png(7, 7)))
        try await write(talk)
        #expect(results(talk.model.requests.last).contains("(The picture isn't shown: it can't be had any more.)"))
    }

    @Test func `the next turn isn't shown it, and has its labels`() async throws {
        let talk = try await talk(Self.slot("main"))
        try await write(talk, forwarded: "look at this")
        #expect(pictures(try #require(talk.model.requests.last)).count == 1)
        talk.model.play { _ in Talk.reply("ok") }
        try await write(talk, "and now?", files: [])
        #expect(pictures(try #require(talk.model.requests.last)).isEmpty)
        let state = try await talk.stage.store.state(of: talk.session(of: Stage.alice))
        #expect(state?.labels.integrity == .outsider)
    }

    @Test func `what came to Alice is never shown to Bob`() async throws {
        let talk = try await talk(Self.slot("main"))
        try await write(talk)
        try await write(talk, files: [], as: Stage.bob)
        #expect(talk.words.last?.contains("no file `F1`") == true)
        #expect(pictures(try #require(talk.model.requests.last)).isEmpty)
    }
}
