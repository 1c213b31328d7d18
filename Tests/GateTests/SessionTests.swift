import Authority
import Gate
import Testing
import Twins
import Wire

struct SessionTests {
    @Test func `after a stranger's mail nothing is executed, whatever connection asks with the token`() async throws {
        let stage = try Stage()
        guard case .ask = await stage.call("notes.run") else { return #expect(Bool(false), "before, it asks") }
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.mail")
        guard case .deny(let findings) = await stage.call("notes.run") else {
            return #expect(Bool(false), "afterwards it is denied")
        }
        #expect(findings.map(\.rule) == [.executeAfterOutsider])
        guard case .ask = await stage.call("notes.run", with: "another token") else {
            return #expect(Bool(false), "another token is another session")
        }
    }

    @Test func `labels are durable before the answer that brought them`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.mail")
        let session = stage.request("notes.mail", [:]).session
        let state = try #require(try await stage.store.state(of: session))
        #expect(state.labels.integrity == .outsider)
        #expect(state.labels.readers == .only([Stage.alice]))
    }

    @Test(arguments: ["notes.mail", "notes.write"])
    func `a session that is cleared while a call runs has seen what the call brings`(tool: String) async throws {
        let stage = try Stage()
        let session = stage.request("notes.mail", [:]).session
        for _ in 0..<3 { stage.upstream.answer(json: "{}") }
        _ = await stage.call("notes.mail")
        let clearing = Transaction(bumps: [.session(session)], changes: [GateChange.clearSession(session)])
        stage.upstream.meanwhile { _ = stage.store.apply(clearing) }
        guard case .done = await stage.call(tool) else { return #expect(Bool(false), "it is done") }
        let labels = try await stage.store.state(of: session)?.labels ?? .fresh
        #expect(labels.integrity == (tool == "notes.mail" ? .outsider : .ownWords))
    }

    @Test func `a session that is cleared while the outcome is written has seen it`() async throws {
        let stage = try Stage()
        let session = stage.request("notes.mail", [:]).session
        for _ in 0..<2 { stage.upstream.answer(json: "{}") }
        _ = await stage.call("notes.mail")
        let clearing = Transaction(bumps: [.session(session)], changes: [GateChange.clearSession(session)])
        stage.clock.when(.beforeOutcome) { _ = stage.store.apply(clearing) }
        _ = await stage.call("notes.mail")
        #expect(try await stage.store.state(of: session)?.labels.integrity == .outsider)
    }

    @Test func `two results at once both leave their labels`() async throws {
        let stage = try Stage()
        for _ in 0..<20 { stage.upstream.answer(json: "{}") }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = await stage.call(number % 2 == 0 ? "notes.mail" : "notes.read") }
            }
        }
        let state = try #require(try await stage.store.state(of: stage.request("notes.read", [:]).session))
        #expect(state.labels.integrity == .outsider)
    }

    @Test func `with a stranger's words and private data a send to a colleague who may not read it asks twice over`()
        async throws
    {
        let stage = try Stage { $0.lifts = [Lift(tools: "notes.send", destinations: .insiders)] }
        stage.upstream.answer(json: "{}")
        guard case .done = await stage.call("notes.send", ["to": "bob@acme.test", "text": "hi"]) else {
            return #expect(Bool(false), "lifted for insiders")
        }
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.mail")
        guard case .ask(let findings, _) = await stage.call("notes.send", ["to": "bob@acme.test", "text": "hi"]) else {
            return #expect(Bool(false), "now it asks")
        }
        #expect(findings.map(\.rule) == [.taintedPrivate])
        stage.upstream.answer(json: "{}")
        guard case .done = await stage.call("notes.send", ["to": "alice@acme.test", "text": "hi"]) else {
            return #expect(Bool(false), "Alice may read her own")
        }
    }

    @Test func `labels last twelve idle hours and no longer`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.mail")
        stage.clock.advance(seconds: 12 * 3600 - 1)
        guard case .deny = await stage.call("notes.run") else { return #expect(Bool(false), "still labelled") }
        stage.clock.advance(seconds: 12 * 3600 + 15 * 60)
        guard case .ask = await stage.call("notes.run") else { return #expect(Bool(false), "cleared") }
    }

    @Test func `labels that grow while a send is decided make it decide again`() async throws {
        let stage = try Stage { $0.lifts = [Lift(tools: "notes.send", destinations: .insiders)] }
        let session = stage.request("notes.send", [:]).session
        let store = stage.store
        let now = stage.clock.world.now()
        let racing = RacingCommits(store) {
            try? await store.commit(
                Transaction(
                    bumps: [.session(session)],
                    changes: [
                        GateChange.saw(
                            session, Labels(integrity: .outsider, readers: .only([Stage.alice])), at: now)
                    ]))
        }
        let answer = await stage.gate(with: racing).perform(
            stage.request("notes.send", ["to": "bob@acme.test", "text": "hi"]))
        guard case .ask = answer else { return #expect(Bool(false), "the mail was read first") }
        #expect(stage.upstream.seen.isEmpty)
    }
}
