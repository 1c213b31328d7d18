import Authority
import Definition
import Gate
import Registry
import Testing
import Wire

private typealias Stage = SharingStage

/// What an apply may not do in passing: hand out a human's own account, or soften a delegate that has one.
struct ApplyingTests {
    private func files(_ text: String) -> [DefinitionFile] {
        [DefinitionFile(name: "a.json5", text: "{ agents: { list: [ { \(text) } ] } }")]
    }

    private let email = #"id: "email", owner: "dana", actsAs: "claw", slots: ["gmail:agent"]"#

    private func apply(
        _ stage: SharingStage, _ text: String, acknowledged: Bool = false
    ) async throws -> Plan {
        try await stage.administration.apply(
            files(text), ApplyOptions(acknowledgesOwnAccounts: acknowledged), expecting: nil, by: Stage.operating,
            in: Stage.acme)
    }

    @Test(arguments: StoreKind.allCases)
    func `an apply gives nobody a human's own account before that is acknowledged`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let wider = email + #", users: ["dana", "bob"]"#
        let plan = try await stage.administration.plan(files(wider), ApplyOptions(), in: Stage.acme)
        let sentence =
            "`email` acts with `dana`'s own account `dana@acme.test` at `gmail`: `bob` would reach what `dana` sees there"
        #expect(plan.agents.first?.warnings.map(\.sentence) == [sentence])
        let before = try await stage.leaves().count
        let error = await #expect(throws: RegistryError.self) { try await apply(stage, wider) }
        #expect(error?.code == .refused && error?.message == sentence)
        #expect(error?.hint?.contains("--acknowledge-own-account") == true)
        #expect(try await stage.leaves().count == before)
        _ = try await apply(stage, wider, acknowledged: true)
        #expect(try await stage.leaves().last?["acknowledged"]?.arrayValue == [.string(sentence)])
        // Bob has it now: the next apply that keeps him gives nobody anything.
        _ = try await apply(stage, wider + #", ask: ["gmail.search"]"#)
    }

    @Test func `everybody includes whoever joins later, and a tool can be the way as well as a user`() async throws {
        let stage = try await Stage(.memory)
        let error = await #expect(throws: RegistryError.self) {
            try await apply(stage, email + #", users: "everyone""#)
        }
        #expect(error?.message.contains("whoever joins the organization later would reach") == true)
        _ = try await apply(
            stage, email + #", users: ["dana", "bob"], tools: { allow: [] }"#)
        let opened = await #expect(throws: RegistryError.self) {
            try await apply(stage, email + #", users: ["dana", "bob"], tools: { allow: ["gmail.search"] }"#)
        }
        #expect(opened?.message.contains("`bob` would reach what `dana` sees there") == true)
    }

    @Test func `an edit is no way around it`() async throws {
        let stage = try await Stage(.memory)
        _ = try await apply(stage, email + #", users: ["dana", "bob"], tools: { allow: [] }"#)
        for acknowledged in [false, true] {
            let edit = {
                _ = try await stage.administration.editAgent(
                    Stage.email, changes: ["allow": ["gmail.search"]], acknowledged: acknowledged, by: Stage.operating,
                    in: Stage.acme)
            }
            guard !acknowledged else {
                try await edit()
                continue
            }
            let error = await #expect(throws: RegistryError.self) { try await edit() }
            #expect(error?.message.contains("`bob` would reach what `dana` sees there") == true)
        }
        #expect(try await stage.leaves().last?["acknowledged"]?.arrayValue?.count == 1)
    }

    @Test func `an account of the agent's own needs no acknowledgement`() async throws {
        let stage = try await Stage(.memory)
        let plan = try await apply(
            stage, #"id: "product", owner: "dana", actsAs: "claw", slots: ["notion:agent"], users: "everyone""#)
        #expect(plan.agents.first?.warnings == [])
    }

    private let hard = #"sandbox: { mode: "all" }, audit: { retainDays: 30 }"#
    private func secretary(_ more: String) -> String {
        #"id: "secretary", owner: "dana", actsAs: "delegate", tier: 1, principals: ["dana"], slots: ["gmail:agent"], "#
            + more
    }

    @Test(arguments: [
        (#"tools: { deny: ["gmail.send"] }, sandbox: { mode: "all" }"#, "it isn't written down how long"),
        (#"tools: { deny: ["gmail.send"] }, audit: { retainDays: 30 }"#, "no sandbox setting"),
        (#"sandbox: { mode: "all" }, audit: { retainDays: 30 }"#, "no tool policy"),
    ])
    func `a delegate with an account keeps what had to be there before it`(softer: String, gap: String) async throws {
        let stage = try await Stage(.memory)
        _ = try await apply(stage, secretary(#"tools: { deny: ["gmail.send"] }, "# + hard))
        // Without an account the order is open.
        _ = try await stage.administration.plan(files(secretary(softer)), ApplyOptions(), in: Stage.acme)
        try await stage.connect("con-secretary", .agent(Stage.secretary), "gmail", account: "secretary@acme.test")
        let error = await #expect(throws: SourceProblems.self) { try await apply(stage, secretary(softer)) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.message.contains(gap) == true)
        #expect(error?.problems.first?.file == "a.json5")
    }

    @Test func `a home that is in that state already can be hardened step by step`() async throws {
        let stage = try await Stage(.memory)
        try await stage.connect("con-secretary", .agent(Stage.secretary), "gmail", account: "secretary@acme.test")
        let secretary = Stage.secretary
        #expect(try await stage.administration.agent(secretary, in: Stage.acme).hardeningGaps([:]).count == 5)
        for (changes, about) in [
            (["deny": ["gmail.send"]], [:]), ([:], ["sandbox": ["mode": "all"]]), ([:], ["audit": ["retainDays": 30]]),
        ] as [(JSONObject, JSONObject)] {
            _ = try await stage.administration.editAgent(
                secretary, changes: changes, about: about, by: Stage.operating, in: Stage.acme)
        }
        #expect(try await stage.administration.agent(secretary, in: Stage.acme).hardeningGaps([:]).count == 2)
        for (changes, about) in [(["deny": []], [:]), ([:], ["sandbox": .null])] as [(JSONObject, JSONObject)] {
            let error = await #expect(throws: RegistryError.self) {
                try await stage.administration.editAgent(
                    secretary, changes: changes, about: about, by: Stage.operating, in: Stage.acme)
            }
            #expect(error?.message.contains("takes away what had to be there first") == true)
        }
    }

    @Test func `what is kept beside a mandate is read as strictly as a file`() async throws {
        let stage = try await Stage(.memory)
        for about in [["sandbox": ["mode": "al"]], ["sandboxes": [:]], ["audit": ["retainDays": 0]]] as [JSONObject] {
            let error = await #expect(throws: RegistryError.self) {
                try await stage.administration.editAgent(
                    Stage.email, changes: [:], about: about, by: Stage.operating, in: Stage.acme)
            }
            #expect(error?.code == .invalid)
        }
    }
}
