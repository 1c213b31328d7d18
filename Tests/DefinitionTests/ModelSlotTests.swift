import Authority
import Definition
import Testing
import Wire

/// Where models are asked, in a definition.
struct ModelSlotTests {
    private func problems(_ text: String) -> [String] {
        do throws(SourceProblems) {
            _ = try HomeDefinition(reading: [DefinitionFile(name: "a.json5", text: text)])
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private let whole = """
        {
          organization: {
            models: [{ name: "default", speaks: "offline" }],
          },
          agents: { list: [{
            id: "product", budget: { tokensPerDay: 9, tokensPerPersonPerDay: 3 },
            models: [
              { name: "main", speaks: "anthropic", model: "c", key: "anthropic:agent", mayRead: ["contacts"] },
              { name: "local", speaks: "openai-chat", base: "http://127.0.0.1:11434", model: "qwen3",
                longestReply: 512, context: 32000, mayRead: ["contacts", "financial"], sees: ["pictures"] },
            ],
          }] },
        }
        """

    @Test func `a list is read in its order, and written as it was`() throws {
        let read = try HomeDefinition(reading: [DefinitionFile(name: "a.json5", text: whole)])
        #expect(read.organization?.models == [ModelSlot(name: "default", speaks: .offline)])
        let given = try #require(read.agents.first?.given)
        var stored = given
        stored["owner"] = "dana"
        let definition = try AgentDefinition(
            json: .object(stored), organization: OrganizationID("acme"), agent: AgentID("product"))
        let models = try #require(definition.models)
        #expect(
            models == [
                ModelSlot(
                    name: "main", speaks: .anthropic, model: "c",
                    key: ModelKey(provider: ProviderID("anthropic"), owner: .agent), classes: [.contacts]),
                ModelSlot(
                    name: "local", speaks: .chat, model: "qwen3", base: "http://127.0.0.1:11434",
                    classes: [.contacts, .financial], longestReply: 512, context: 32_000, seesPictures: true),
            ])
        #expect((definition.budget.tokensPerDay, definition.budget.tokensPerPersonPerDay) == (9, 3))
        #expect(definition.json["models"]?.digest == given["models"]?.digest)
        #expect(try ModelSlot.list(ModelSlot.json(models)) == models)
    }

    @Test func `what an agent doesn't say isn't an empty list`() throws {
        func models(_ json: JSON) throws -> [ModelSlot]? {
            try AgentDefinition(json: json, organization: OrganizationID("acme"), agent: AgentID("a")).models
        }
        #expect(try models(["owner": "dana"]) == nil)
        #expect(try models(["owner": "dana", "models": []]) == [])
    }

    @Test func `an unknown key is told at its place, with what was meant`() {
        let text = """
            { agents: { list: [{ id: "a", models: [
              { name: "m", speaks: "offline" },
              { name: "n", speeks: "anthropic",
                speaks: "antropic", mayread: [] } ] }] } }
            """
        #expect(
            problems(text) == [
                "a.json5:3:16: unknown key `speeks` in a model (did you mean `speaks`?)",
                "a.json5:4:13: no model server speaks `antropic` (did you mean `anthropic`?)",
                "a.json5:4:25: unknown key `mayread` in a model (did you mean `mayRead`?)",
            ])
    }

    @Test func `in an organization the same is an error at its own place`() {
        #expect(
            problems("{ organization: { models: [{ name: \"m\", speaks: \"offline\", modle: 1 }] } }") == [
                "a.json5:1:60: unknown key `modle` in a model (did you mean `model`?)"
            ])
    }

    private func fault(_ slot: String) -> String? {
        let found = problems("{ agents: { list: [{ id: \"a\", models: [\(slot)] }] } }")
        return found.count == 1 ? found[0] : found.isEmpty ? nil : "\(found.count) problems"
    }

    @Test(arguments: [
        (#"{ name: "m", speaks: "anthropic", model: "c", key: "anthropic:person" }"#, "never a person's"),
        (#"{ name: "m", speaks: "anthropic", model: "c", key: "anthropic" }"#, "isn't a slot of a model's key"),
        (#"{ name: "m", speaks: "anthropic", model: "c", key: "anthropic:any" }"#, "isn't a slot of a model's key"),
        (#"{ name: "m", speaks: "anthropic", model: "c" }"#, "lacks `base` or `key`"),
        (#"{ name: "m", speaks: "anthropic", base: "https://a.test" }"#, "lacks `model`"),
        (#"{ name: "m", speaks: "openai-chat", model: "c", base: "a.test" }"#, "isn't where a server is"),
        (#"{ name: "m", speaks: "openai-chat", model: "c", base: "https://u@a.test" }"#, "isn't where a server is"),
        (#"{ name: "m", speaks: "openai-chat", model: "c", base: "https://a.test/" }"#, "isn't where a server is"),
        (#"{ name: "m", speaks: "offline", base: "https://a.test" }"#, "`offline` is no model"),
        (#"{ name: "m", speaks: "openai-chat", model: "c", base: "https://a.test", context: 9 }"#, "can't answer with"),
        (#"{ name: "m", speaks: "openai-chat", model: "c", base: "https://a.test", longestReply: 0 }"#, "0 tokens"),
        (
            #"{ name: "m", speaks: "openai-chat", model: "c", base: "https://a.test", longestReply: "x" }"#,
            "whole number"
        ),
        (#"{ name: "m", speaks: "offline", mayRead: ["contact"] }"#, "did you mean `contacts`?"),
        (#"{ name: "m", speaks: "offline" }, { name: "m", speaks: "offline" }"#, "is there twice"),
        (#"{ name: "m", speaks: "offline", sees: ["pictures"] }"#, "sees nothing (leave out `sees`, or name a model"),
        (#"{ name: "m", speaks: "offline", sees: ["sounds"] }"#, "can't be shown `sounds`"),
        (#"{ name: "m", speaks: "offline", sees: "pictures" }"#, "`sees` must be a list"),
        (#"{ name: "../m", speaks: "offline" }"#, "a model"),
        (#"{ speaks: "offline" }"#, "lacks `name`"),
        (#""m""#, "must be an object"),
    ])
    func `what can't be is an error`(slot: String, words: String) {
        #expect(fault(slot)?.contains(words) == true, "\(fault(slot) ?? "nothing")")
    }
}
