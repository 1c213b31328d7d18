import Authority
import Testing
import Wire

@testable import Definition

struct DefinitionKeysTests {
    private let everything = """
        { organization: { name: "A", domains: ["a.test"], transcripts: { retainDays: 2 },
            models: [ { name: "m", speaks: "offline" } ] }, people: [ { id: "a", name: "A", email: "a@a.test", subjects: {} } ],
          agents: { list: [ {
            id: "a", owner: "a", actsAs: "delegate", tier: 2, principals: ["a"], users: ["a"], approvers: ["a"],
            slots: ["gmail:agent"], guests: [], ask: [], lift: [ { tools: "x", destinations: "nobody" } ],
            grants: [ { principal: "a", person: "a", tools: "x" } ],
            budget: { callsPerMinute: 1, callsPerDay: 1, concurrent: 1, tokensPerDay: 1, tokensPerPersonPerDay: 1 },
            models: [ { name: "m", speaks: "anthropic", model: "c", base: "https://a.test", key: "a:agent", mayRead: [],
              longestReply: 1, context: 2, sees: [] } ], restricted: [],
            tools: { use: [], allow: [], deny: [] }, name: "A", default: true, workspace: "~/w", agentDir: "~/d",
            identity: { name: "A", theme: "t", emoji: "e", avatar: "v" },
            sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" }, audit: { retainDays: 1 },
            transcripts: { retainDays: 1 }, schedules: [
              { id: "a", cron: "* * * * *", tz: "UTC", message: "m", session: "s", missed: "skip",
                deliver: { channel: "slack/a", to: "C1" } },
              { id: "b", every: "5m", message: "m" }, { id: "c", at: "2027-01-01T00:00", message: "m" } ] } ] },
          bindings: [ { agentId: "a", comment: "c", match: { channel: "slack", accountId: "a",
            peer: { kind: "direct", id: "i" }, guildId: "g", teamId: "t", roles: [] } } ] }
        """

    @Test func `every key of the registry is accepted, and the text above holds each of them`() throws {
        _ = try HomeDefinition(reading: [DefinitionFile(name: "a.json5", text: everything)])
        for key in DefinitionKeys.all {
            #expect(everything.contains(" \(key.name): ") || everything.contains("{ \(key.name): "), "\(key.path)")
        }
    }

    @Test(arguments: DefinitionKeys.all)
    func `a key that isn't in the registry is refused where it stands`(key: DefinitionKeys.Key) throws {
        // The same definition with one key spelled wrong, in each object in which it may stand.
        let wrong = everything.replacing("\(key.name): ", with: "\(key.name)x: ")
        let error = #expect(throws: SourceProblems.self) {
            _ = try HomeDefinition(reading: [DefinitionFile(name: "a.json5", text: wrong)])
        }
        #expect(error?.problems.contains { $0.message.contains("unknown key `\(key.name)x`") } == true, "\(key.path)")
    }

    @Test func `the reader of stored definitions takes the registry's mandate keys and no others`() throws {
        let stored = DefinitionKeys.mandate + ["tools", "allow", "deny", AgentDefinition.aboutKey]
        for key in stored {
            do throws(DefinitionProblems) {
                _ = try AgentDefinition(
                    json: .object([key: .null]), organization: OrganizationID("a"), agent: AgentID("a"))
            } catch {
                #expect(!error.problems.contains { $0.message.contains("unknown key") }, "\(key)")
            }
        }
        for key in DefinitionKeys.about + ["id", "bindings"] {
            #expect(throws: DefinitionProblems.self) {
                _ = try AgentDefinition(
                    json: .object([key: .null]), organization: OrganizationID("a"), agent: AgentID("a"))
            }
        }
    }

    @Test func `what is kept and not enforced is told by its path, with the reason`() throws {
        let json = try JSON5.parse(everything).json
        let paths = DefinitionKeys.unenforced(in: json, at: .definition).map(\.path)
        #expect(
            paths == [
                "agents.list[].workspace", "agents.list[].agentDir",
                "agents.list[].sandbox.mode", "agents.list[].sandbox.scope", "agents.list[].sandbox.workspaceAccess",
                "agents.list[].audit.retainDays",
            ])
        #expect(DefinitionKeys.unenforced(in: ["id": "a", "name": "A"], at: .agent).isEmpty)
    }
}
