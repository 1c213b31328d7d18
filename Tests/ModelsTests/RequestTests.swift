import Authority
import Models
import Testing
import Turns
import Wire

struct RequestTests {
    /// Where the bodies that are sent differ from the corpus.
    private func differences(
        _ asked: Corpus.Asked, sending change: (ModelRequest) -> ModelRequest = { $0 }
    ) async -> [String] {
        var found: [String] = []
        for speaks in [ModelProtocol.anthropic, .chat, .responses] {
            let server = ScriptedServer()
            _ = try? await ModelClients(transport: server)
                .ask(change(asked.request), at: endpoint(speaks, base: asked.base)) { _ in }
            let sent = server.asked.requests.first?.body
            if sent != asked.bodies[speaks.rawValue] {
                found.append("\(speaks.rawValue): \(sent?.pretty() ?? "nothing")")
            }
        }
        return found
    }

    @Test(arguments: try Corpus.asked())
    func `a request has the body that the corpus says`(asked: Corpus.Asked) async {
        let found = await differences(asked)
        #expect(found == [])
    }

    @Test(arguments: try Corpus.asked())
    func `the comparison finds what was changed`(asked: Corpus.Asked) async {
        let found = await differences(asked) {
            ModelRequest(system: $0.system + "!", messages: $0.messages, tools: $0.tools)
        }
        #expect(found.count == 3)
        let said = await differences(asked) {
            ModelRequest(system: $0.system, messages: $0.messages + [.user("!")], tools: $0.tools)
        }
        #expect(said.count == 3)
    }

    @Test func `each protocol has its path and its version`() async throws {
        for (speaks, path) in [
            (ModelProtocol.anthropic, "/v1/messages"), (.chat, "/v1/chat/completions"), (.responses, "/v1/responses"),
        ] {
            let server = ScriptedServer()
            _ = try? await ModelClients(transport: server).ask(question, at: endpoint(speaks)) { _ in }
            let request = try #require(server.asked.requests.first)
            #expect(request.path == path)
            #expect(
                request.headers.contains(.init("anthropic-version", "2026-10-21")) == (speaks == .anthropic))
            #expect(!request.headers.contains { ["authorization", "x-api-key"].contains($0.name) })
        }
    }

    @Test func `a tool that the model calls by its name on the wire is called by its own`() async throws {
        let tools = ["a.b", "a_b", String(repeating: "long.", count: 20)].map {
            ModelTool(name: $0, description: "", schema: ["type": "object"])
        }
        let request = ModelRequest(system: "", messages: [.user("Go")], tools: tools)
        for (wire, own) in [("a_b", "a_b"), ("a_b_2", "a.b"), ("nothing", "nothing")] {
            let server = ScriptedServer(pieces: [Array(Streams.chat(calling: wire).utf8)])
            let reply = await outcome(of: server, .chat, request).reply
            #expect(reply?.calls.map(\.name) == [own])
        }
        let server = ScriptedServer()
        _ = await outcome(of: server, .responses, request)
        let sent = server.asked.requests.first?.body["tools"]?.arrayValue ?? []
        let names = sent.compactMap { $0["name"]?.stringValue }
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy { $0.utf8.count <= 64 && !$0.contains(".") })
    }
}
