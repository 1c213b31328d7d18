import Wire

/// A call that is told what its person has to do first, and that comes back with the state that it was given
/// (2026-07-28, elicitation in URL mode).
struct WaitingCall: Sendable {
    let client: DemoClient
    let tool: String
    let agent: String
    let arguments: JSONObject
    private(set) var answer = JSON.null

    init(client: DemoClient, tool: String, agent: String, arguments: JSONObject) {
        self.client = client
        self.tool = tool
        self.agent = agent
        self.arguments = arguments
    }

    /// The page that its person has to open; nil when the answer names none.
    var link: String? { answer["inputRequests"]?.objectValue?.members.first?.value["params"]?["url"]?.stringValue }

    mutating func ask() async throws {
        answer = try await client.call(tool, at: agent, arguments, opensLinks: true)
    }

    /// Comes back as long as it is told to. The gateway keeps it on the line while its person is busy.
    func comeBack() async throws -> JSON {
        var answer = answer
        while answer["resultType"]?.stringValue == "input_required", let state = answer["requestState"]?.stringValue {
            answer = try await client.call(tool, at: agent, arguments, opensLinks: true, state: state)
        }
        return answer
    }

    /// Comes back, and begins again where it was sent away, as long as the answer says that something is still missing.
    func goOn(while isMissing: (JSON) -> Bool) async throws -> JSON {
        var call = self
        while true {
            let answer = try await call.comeBack()
            guard isMissing(answer) else { return answer }
            try await call.ask()
        }
    }
}
