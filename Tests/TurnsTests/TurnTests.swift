import Authority
import Gate
import Testing
import Turns
import Twins
import Wire

struct TurnTests {
    @Test func `a question is answered where it was asked`() async throws {
        let talk = try Talk()
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words == ["hello"])
        #expect(talk.said.first?.account == Talk.account)
        #expect(talk.model.requests.first?.system.hasPrefix("be good") == true)
    }

    @Test func `an event that is told twice is one question`() async throws {
        let talk = try Talk()
        try await talk.write("hi", event: "Ev1")
        try await talk.write("hi", event: "Ev1")
        try await talk.settle()
        #expect(talk.words == ["hello"])
    }

    @Test func `each person's call goes out with their own connection`() async throws {
        let talk = try Talk()
        talk.plays("notes.read")
        for person in [Stage.alice, Stage.bob] {
            talk.stage.upstream.answer(json: #"{"of": "\#(person)"}"#)
            try await talk.write("read", as: person, thread: "1.1", place: .channel)
            try await talk.settle()
        }
        #expect(talk.stage.upstream.seen.map(\.connection?.raw) == ["con-alice", "con-bob"])
    }

    @Test func `Bob in Alice's thread sees nothing of hers`() async throws {
        let talk = try Talk()
        try await talk.write("my salary is 5", thread: "1.1", place: .channel)
        try await talk.settle()
        try await talk.write("what did she say?", as: Stage.bob, thread: "1.1", place: .channel)
        try await talk.settle()
        #expect(talk.model.requests.count == 2)
        #expect(talk.model.requests.last?.messages == [.user("what did she say?")])
        try await talk.write("and I?", thread: "1.1", place: .channel)
        try await talk.settle()
        #expect(
            talk.model.requests.last?.messages == [.user("my salary is 5"), .assistant("hello", []), .user("and I?")])
    }

    @Test func `what is private is told to whoever asked, and not to the channel`() async throws {
        let talk = try Talk()
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"secret": 1}"#)
        try await talk.write("read my mail", thread: "1.1", place: .channel)
        try await talk.settle()
        #expect(talk.said.map(\.to) == [SenderID("slack:T1/alice")])
        talk.plays("notes.read")
        talk.stage.upstream.answer(json: #"{"public": 1}"#)
        try await talk.write("and this?", thread: "1.2", place: .channel)
        try await talk.settle()
        #expect(talk.said.map(\.to) == [SenderID("slack:T1/alice"), nil])
    }

    @Test func `who loses the agent while its model thinks isn't told what it came to`() async throws {
        let talk = try Talk()
        talk.model.play { [stage = talk.stage] _ in
            try? stage.facts.edit { $0.users = .only([Stage.alice]) }
            return Talk.reply("what the agent knows")
        }
        try await talk.write("what do you know?", as: Stage.bob)
        try await talk.settle()
        #expect(talk.words == ["You can't use this agent."])
    }

    @Test func `what a conversation's labels have forgotten isn't shown to a model again`() async throws {
        let endings: [@Sendable (Talk) async throws -> Void] = [
            { talk in talk.stage.clock.advance(seconds: 13 * 3_600) },
            { talk in
                try await talk.stage.store.commit(
                    Transaction(changes: [GateChange.clearSession(talk.session(of: Stage.alice))]))
            },
            { talk in
                try await talk.stage.store.commit(
                    Transaction(changes: [
                        GateChange.clearSessions(Stage.organization, AgentID("helper"), Stage.alice)
                    ]))
            },
        ]
        for ending in endings {
            let talk = try Talk()
            talk.plays("notes.mail")
            talk.stage.upstream.answer(json: #"{"from": "somebody outside"}"#)
            try await talk.write("read my mail")
            try await talk.settle()
            try await talk.write("and?")
            try await talk.settle()
            #expect(talk.model.requests.last?.messages.first == .user("read my mail"))
            try await ending(talk)
            talk.stage.clock.advance(seconds: 1)
            for question in ["what was in it?", "and now?"] {
                try await talk.write(question)
                try await talk.settle()
                #expect(talk.model.requests.last?.messages.first == .user("what was in it?"))
            }
        }
    }

    @Test func `small talk is remembered, however long nobody wrote`() async throws {
        let talk = try Talk()
        try await talk.write("I'm Alice")
        try await talk.settle()
        talk.stage.clock.advance(seconds: 30 * 86_400)
        try await talk.write("who am I?")
        try await talk.settle()
        #expect(
            talk.model.requests.last?.messages == [.user("I'm Alice"), .assistant("hello", []), .user("who am I?")])
    }

    /// Reads what somebody outside wrote, and then wants to send.
    private func reading(_ talk: Talk) {
        talk.model.play { request in
            switch (request.messages.count, request.messages.last) {
            case (1, _): Talk.calling("notes.mail")
            case (3, _): Talk.calling("notes.send", ["to": "bob@acme.test", "text": "x"])
            default: Talk.reply("sent")
            }
        }
        talk.stage.upstream.answer(json: #"{"from": "somebody outside"}"#)
    }

    @Test func `who waits for days forgets nothing meanwhile`() async throws {
        let talk = try Talk()
        reading(talk)
        try await talk.write("read it and tell bob")
        try await talk.settle()
        for _ in 0..<40 {
            talk.stage.clock.advance(seconds: 3_601)
            try await talk.settle()
        }
        let now = talk.stage.clock.world.now()
        let state = try #require(try await talk.stage.store.state(of: talk.session(of: Stage.alice)))
        #expect(state.labels(at: now).integrity == .outsider)
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.agree()
        try await talk.settle()
        #expect(talk.words == ["May I?", "sent"])
    }

    @Test func `a turn whose labels were cleared while it waited goes no further`() async throws {
        let talk = try Talk()
        reading(talk)
        try await talk.write("read it and tell bob")
        try await talk.settle()
        try await talk.stage.store.commit(
            Transaction(changes: [GateChange.clearSession(talk.session(of: Stage.alice))]))
        talk.stage.clock.advance(seconds: 1)
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.agree()
        try await talk.settle()
        #expect(talk.words == ["May I?", "What this had seen was forgotten meanwhile. Ask again."])
    }

    @Test func `what needs a yes waits for it, is done once, and the turn goes on`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.write("tell bob")
        try await talk.settle()
        #expect(talk.words == ["May I?"])
        #expect(talk.stage.upstream.seen.isEmpty)
        try await talk.settle()
        #expect(talk.words == ["May I?"])
        try await talk.agree()
        try await talk.settle()
        #expect(talk.stage.upstream.seen.map(\.request) == ["POST /notes.send"])
        #expect(talk.words == ["May I?", #"got: {"sent":true}"#])
    }

    @Test func `what a call of a turn has sent is the turn's, by the call's id`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.write("tell bob")
        try await talk.settle()
        try await talk.agree()
        try await talk.settle()
        let turn = try #require(
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
        let calls = try await talk.stage.leaves().filter { $0["kind"]?.stringValue == "intent" }
            .compactMap { $0["call"]?.stringValue }
        #expect(calls.count == 1)
        for call in calls { #expect(try await talk.stage.store.turn(sending: CallID(call))?.id == turn.id) }
        talk.plays("notes.write")
        talk.stage.upstream.answer(json: "{}")
        try await talk.write("note it")
        try await talk.settle()
        let all = try await talk.stage.leaves().filter { $0["kind"]?.stringValue == "intent" }
            .compactMap { $0["call"]?.stringValue }
        #expect(all.count == 2)
        #expect(try await talk.stage.store.turn(sending: CallID(try #require(all.last))) == nil)
    }

    @Test func `a new question doesn't wait for a turn that is parked, and doesn't dismiss it`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.write("tell bob")
        try await talk.settle()
        talk.model.play { request in
            switch request.messages.last {
            case .results?: Talk.reply("sent")
            case .user, .assistant, nil: Talk.reply("still here")
            }
        }
        try await talk.write("are you there?")
        try await talk.settle()
        #expect(talk.words == ["May I?", "still here"])
        try await talk.agree()
        try await talk.settle()
        #expect(talk.words == ["May I?", "still here", "sent"])
    }

    @Test func `a no is told to the model, and nothing is done`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        let waiting = try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization)
        let card = try #require(waiting.first)
        try await talk.stage.desk.deny(
            card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest, reason: "not now")
        try await talk.settle()
        #expect(talk.words == ["May I?", "got: alice said no: not now"])
        #expect(talk.stage.upstream.seen.isEmpty)
    }

    @Test func `an approval that nobody answers is told`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        talk.stage.clock.advance(seconds: 4 * 86_400)
        await talk.stage.runner.sweep()
        try await talk.settle()
        #expect(talk.words == ["May I?", "got: not done: nobody agreed to it in time"])
    }

    @Test func `a missing connection is one private card, and the turn goes on by itself`() async throws {
        let talk = try Talk()
        talk.plays("notes.read")
        talk.stage.connections.remove()
        try await talk.write("read", thread: "1.1", place: .channel)
        try await talk.settle()
        try await talk.settle()
        #expect(talk.said.map(\.to) == [SenderID("slack:T1/alice")])
        #expect(talk.said.map(\.content) == [.notice("connect notes", link: "https://deputy.test/connect")])
        talk.stage.connections.restore()
        talk.stage.clock.advance(seconds: 6)
        talk.stage.upstream.answer(json: #"{"now": 1}"#)
        try await talk.settle()
        #expect(talk.words.last == #"got: {"now":1}"#)
    }

    @Test func `stop ends what is under way, and nothing is said after it`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        try await talk.write("Stop")
        try await talk.settle()
        try await talk.agree()
        try await talk.settle()
        #expect(talk.words == ["May I?", "Stopped."])
        try await talk.write("stop")
        try await talk.settle()
        #expect(talk.words.last == "Nothing is under way.")
    }

    @Test func `what waited for a yes goes on for nobody when its sender is somebody else by then`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.write("tell bob")
        try await talk.settle()
        talk.reception.unlink(SenderID("slack:T1/alice"))
        try await talk.agree()
        try await talk.settle()
        #expect(talk.words == ["May I?"])
        let turns = try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1)
        #expect(turns.map(\.state) == [.ended(.stopped)])
    }

    @Test(arguments: [(ChannelKind.slack, 1), (.mail, 0)])
    func `to a guest nothing goes out by mail that no tool has sent`(kind: ChannelKind, answers: Int) async throws {
        let account = ChannelAccountID(organization: Stage.organization, kind: kind, name: "claw")
        let talk = try Talk { $0.guests = ["notes.read"] }
        talk.reception.makeGuest("slack:T1/eve")
        for words in ["hello", "stop"] {
            try await talk.write(words, as: PersonID("eve"), account: account)
            try await talk.settle()
        }
        #expect(talk.said.count == answers * 2)
        #expect(talk.model.requests.count == 1)
        try await talk.write("hello", as: Stage.alice, account: account)
        try await talk.settle()
        #expect(talk.said.count == answers * 2 + 1)
    }

    @Test func `a guest's words are an outsider's`() async throws {
        let talk = try Talk { $0.guests = ["notes.read"] }
        talk.reception.makeGuest("slack:T1/eve")
        try await talk.write("hi", as: PersonID("eve"))
        try await talk.settle()
        let session = try #require(
            try await talk.stage.store.sessions(in: Stage.organization, limit: 9).first)
        #expect(session.key.requester == .guest(SenderID("slack:T1/eve")))
        #expect(session.state.labels.integrity == .outsider)
    }

    @Test func `an endpoint that is busy is asked again, and then the next one is`() async throws {
        let spare = ModelSlot(
            name: "spare", speaks: .offline, model: "s", longestReply: 1)
        let talk = try Talk(
            profile: AgentProfile(system: "", models: [Talk.endpoint, spare], isOpen: false))
        talk.model.play { [model = talk.model] _ throws(ModelFailure) in
            if model.requests.count <= 4 { throw .later(after: nil, "busy") }
            return Talk.reply("from the spare one")
        }
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.model.requests.count == 1, "it takes nobody's place meanwhile")
        for _ in 0..<4 {
            talk.stage.clock.advance(seconds: 20)
            try await talk.settle()
        }
        #expect(talk.words == ["from the spare one"])
        #expect(talk.model.requests.count == 5)
    }

    @Test func `a server that asks for a long wait is waited for where no other may be asked`() async throws {
        for hasSpare in [false, true] {
            let spare = ModelSlot(name: "spare", speaks: .offline, model: "s", longestReply: 1)
            let talk = try Talk(
                profile: AgentProfile(
                    system: "", models: [Talk.endpoint] + (hasSpare ? [spare] : []), isOpen: false))
            talk.model.play { [model = talk.model] _ throws(ModelFailure) in
                if model.endpoints.count == 1 { throw .later(after: 300, "busy") }
                return Talk.reply("from \(model.endpoints.last?.name ?? "")")
            }
            try await talk.write("hi")
            try await talk.settle()
            #expect(talk.words == (hasSpare ? ["from spare"] : []))
            talk.stage.clock.advance(seconds: 299)
            try await talk.settle()
            #expect(talk.model.endpoints.count == (hasSpare ? 2 : 1))
            talk.stage.clock.advance(seconds: 2)
            try await talk.settle()
            #expect(talk.words == [hasSpare ? "from spare" : "from main"])
        }
    }

    @Test func `what may go to no model is shown to none`() async throws {
        let talk = try Talk()
        try await talk.stage.store.commit(
            Transaction(
                changes: [
                    GateChange.saw(
                        talk.session(of: Stage.alice),
                        Labels(integrity: .colleague, readers: .organization, classes: .financial),
                        at: talk.stage.clock.world.now())
                ]))
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.model.requests.isEmpty)
        #expect(talk.words.first?.contains("financial") == true)
    }

    @Test func `tokens are counted, and their limit ends a turn`() async throws {
        let talk = try Talk(
            profile: AgentProfile(system: "", models: [Talk.endpoint], isOpen: false, tokensPerDay: 2))
        try await talk.write("one")
        try await talk.settle()
        try await talk.write("two")
        try await talk.settle()
        #expect(talk.words == ["hello", "The agent has used up its tokens for today."])
    }

    @Test func `one person's tokens are theirs, and the next one's aren't used up`() async throws {
        let talk = try Talk(
            profile: AgentProfile(
                system: "", models: [Talk.endpoint], isOpen: false, tokensPerDay: 6, tokensPerPersonPerDay: 4))
        talk.plays("notes.read")
        talk.stage.upstream.answer(json: #"{"a": 1}"#)
        for text in ["one", "two"] {
            try await talk.write(text)
            try await talk.settle()
        }
        talk.model.play { _ in Talk.reply("hello") }
        try await talk.write("three", as: Stage.bob)
        try await talk.settle()
        #expect(
            talk.words == [
                "got: {\"a\":1}", "You have used up your tokens with this agent for today.", "hello",
            ])
    }

    @Test func `the limit of one person holds in the middle of a turn`() async throws {
        let talk = try Talk(
            profile: AgentProfile(system: "", models: [Talk.endpoint], isOpen: false, tokensPerPersonPerDay: 2))
        talk.plays("notes.read")
        talk.stage.upstream.answer(json: #"{"a": 1}"#)
        try await talk.write("read")
        try await talk.settle()
        #expect(talk.words == ["You have used up your tokens with this agent for today."])
        #expect(talk.model.requests.count == 1)
    }

    @Test func `what a conversation has seen holds when it isn't shown any more, three times over`() async throws {
        let talk = try Talk(limits: TurnLimits(contextLength: 200))
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"canary": 51}"#)
        try await talk.write("read my mail")
        try await talk.settle()
        talk.model.play { _ in Talk.reply("hello") }
        for number in 0..<40 {
            talk.stage.clock.advance(seconds: 1)
            try await talk.write("question \(number)")
            try await talk.settle()
        }
        let summarized = try await talk.stage.leaves().count { $0["change"]?.stringValue == "conversation.summarized" }
        #expect(summarized > 3, "the beginning was put in fewer words three times and more")
        #expect(talk.model.requests.last?.messages.first != .user("read my mail"))
        let session = talk.session(of: Stage.alice)
        #expect(try await talk.stage.store.state(of: session)?.labels.integrity == .outsider)
        talk.plays("notes.run")
        let before = talk.stage.upstream.seen.count
        try await talk.write("run it")
        try await talk.settle()
        #expect(talk.words.last == "got: there is no tool `notes.run`")
        #expect(talk.stage.upstream.seen.count == before)
    }

    @Test func `what a person said and was told goes when their words are erased, and nothing goes on with it`()
        async throws
    {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        for person in [Stage.alice, Stage.bob] {
            try await talk.write("tell bob", as: person)
            try await talk.settle()
        }
        try await talk.stage.store.commit(
            Transaction(changes: [ErasureChange.words(Stage.organization, Stage.alice)]))
        for (person, isThere) in [(Stage.alice, false), (Stage.bob, true)] {
            let turn = try #require(
                try await talk.stage.store.turns(of: person, in: Stage.organization, limit: 1).first)
            for step in 0..<turn.steps {
                #expect(try await talk.payloads.open(turn.payload(of: step)) != nil || !isThere)
                #expect(try await talk.payloads.open(turn.payload(of: step)) == nil || isThere)
            }
            for said in try await talk.stage.store.outbox(of: turn.id) {
                #expect(try await (talk.payloads.open(said.payload) != nil) == isThere)
            }
        }
        try await talk.agree()
        try await talk.settle()
        let alices = try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1)
        #expect(alices.map(\.state) == [.ended(.stopped)])
    }

    @Test func `every model call leaves a leaf that names where, and no words`() async throws {
        let talk = try Talk()
        try await talk.write("a secret question")
        try await talk.settle()
        let leaves = try await talk.stage.leaves()
        #expect(leaves.compactMap { $0["kind"]?.stringValue } == ["session", "model", "session", "session"])
        #expect(leaves.first { $0["kind"]?.stringValue == "model" }?["endpoint"]?.stringValue == "main")
        #expect(!leaves.contains { $0.text.contains("secret") })
    }
}

extension Talk {
    func agree() async throws {
        for card in try await stage.desk.waiting(for: Stage.alice, in: Stage.organization) {
            try await stage.desk.approve(
                card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest)
        }
        await stage.runner.sweep()
    }

    func session(of person: PersonID) -> SessionKey {
        ConversationID(in: Place(peer: Place.Peer(kind: .direct, id: person.raw)), of: Talk.account)
            .session(of: .person(person), with: AgentID("helper"), through: Talk.account)
    }
}
