import Authority
import Gate
import Ledger
import Registry
import Testing
import Turns
import Wire

/// What a person's calls held is destroyed, and every proof still holds.
@Suite struct ErasingTests {
    private typealias Stage = SharingStage

    /// Two calls of Bob's and one of Alice's, with payloads; the second of Bob's was parked.
    private func told(_ stage: Stage) async throws {
        for (call, person, approval) in [("c1", "bob", nil), ("c2", "alice", nil), ("c3", "bob", "apr_bob")] {
            var fields: JSONObject = [
                "call": .string(call), "requester": .string("person:\(person)"), "verdict": "permit",
            ]
            if let approval { fields["approval"] = .string(approval) }
            let leaves = [
                try Leaf(kind: .decision, time: 1, fields: fields),
                try Leaf(kind: .intent, time: 1, fields: ["call": .string(call)]),
                try Leaf(kind: .outcome, time: 1, fields: ["call": .string(call), "outcome": "done"]),
            ].map { PlacedLeaf($0, in: .organization(Stage.acme)) }
            let payloads = ["\(call)/arguments", "\(call)/result"].map {
                GateChange.keep(Payload(id: $0, digestKey: [1], sealed: [2]))
            }
            try await stage.store.commit(Transaction(changes: payloads, leaves: leaves))
        }
        try await stage.store.commit(
            Transaction(changes: [GateChange.keep(Payload(id: "apr_bob/answer", digestKey: [1], sealed: [2]))]))
    }

    private func kept(_ stage: Stage) async throws -> [String] {
        let all = ["c1/arguments", "c1/result", "c2/arguments", "c2/result", "c3/arguments", "apr_bob/answer"]
        var kept: [String] = []
        for id in all where try await stage.store.payload(id) != nil { kept.append(id) }
        return kept
    }

    @Test(arguments: StoreKind.allCases)
    func `what a person's calls held goes, and nobody else's`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        try await told(stage)
        try await stage.administration.commit(
            offboarding: stage.administration.offboarding(
                of: Stage.bob, agentsTo: nil, by: Stage.operating, in: Stage.acme
            ).transaction)
        let before = try await stage.leaves()
        let erasure = try await stage.administration.erasePerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        #expect((erasure.calls, erasure.approvals) == (2, 1))
        #expect(try await kept(stage) == ["c2/arguments", "c2/result"])
        let leaves = try await stage.leaves()
        #expect(Array(leaves.dropLast()) == before, "every record stays as it was")
        let last = try #require(leaves.last)
        #expect(last["change"] == "payloads.erased")
        #expect(last["person"] == "bob")
        #expect(last["before"]?.integerValue == Int64(before.count))
        let bob = try #require(try await stage.store.person(Stage.bob, in: Stage.acme))
        #expect((bob.name, bob.email) == ("bob", "bob@erased.invalid"))
        #expect(bob.standing == .removed)
    }

    @Test func `who can still make calls isn't erased`() async throws {
        let stage = try await Stage(.memory)
        try await told(stage)
        let refused = await #expect(throws: RegistryError.self) {
            try await stage.administration.erasePerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        }
        #expect(refused?.code == .refused)
        #expect(try await kept(stage).count == 6)
        await #expect(throws: RegistryError.self) {
            try await stage.administration.erasePerson(PersonID("nobody"), by: Stage.operating, in: Stage.acme)
        }
    }

    @Test func `a call that is under way is waited for`() async throws {
        let stage = try await Stage(.memory)
        try await told(stage)
        let open = [
            try Leaf(kind: .decision, time: 1, fields: ["call": "c4", "requester": "person:bob", "verdict": "permit"]),
            try Leaf(kind: .intent, time: 1, fields: ["call": "c4"]),
        ].map { PlacedLeaf($0, in: .organization(Stage.acme)) }
        try await stage.store.commit(Transaction(leaves: open))
        _ = try await stage.administration.suspendPerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        await #expect(throws: RegistryError.self) {
            try await stage.administration.erasePerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        }
        #expect(try await kept(stage).count == 6)
    }

    @Test(arguments: StoreKind.allCases)
    func `settled approvals and notices go with them`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        _ = try await stage.use(Stage.product, by: Stage.bob)
        _ = try await stage.use(Stage.onboarding, by: Stage.alice)
        _ = try await stage.administration.suspendPerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        let all = try await stage.store.approvals(in: Stage.acme, pending: false, limit: 99)
        let own = all.filter { $0.call.requester == .person(Stage.bob) }.map(\.id)
        #expect(!own.isEmpty && own.count < all.count)
        try await stage.store.commit(
            Transaction(changes: [
                ErasureChange.approvals(all.map(\.id)), ErasureChange.notices(Stage.acme, Stage.bob),
                ErasureChange.words(Stage.acme, Stage.bob),
            ]))
        let left = try await stage.store.approvals(in: Stage.acme, pending: false, limit: 99).map(\.id)
        #expect(Set(left).isDisjoint(with: own))
        #expect(left.count == all.count - own.count, "what still waits for somebody stays")
    }

    /// Nobody is erased before they have left, and who leaves is unlinked.
    @Test(
        arguments: StoreKind.allCases,
        [
            [], [SenderChange.unlink(Stage.acme, SenderID("slack:T1/U1"), Stage.bob)],
            [SenderChange.unlinkAll(Stage.acme, Stage.bob)],
        ])
    func `what they wrote goes with them, also where no turn began with it`(
        kind: StoreKind, unlinking: [SenderChange]
    ) async throws {
        let stage = try await Stage(kind)
        try await stage.store.commit(
            Transaction(changes: [
                SenderChange.link(
                    SenderLink(
                        organization: Stage.acme, sender: SenderID("slack:T1/U1"), person: Stage.bob, proof: .link,
                        by: "root", at: Timestamp(microseconds: 1)))
            ]))
        let writers = ["person:bob", "slack:T1/U1", "person:alice", "slack:T1/U2"]
        for (number, writer) in writers.enumerated() {
            let entry = InboxEntry(
                id: InboxID("i\(number)"),
                account: ChannelAccountID(organization: Stage.acme, kind: .slack, name: "help"), event: "e\(number)",
                conversation: ConversationID(raw: "cnv"), isStop: false, received: Timestamp(microseconds: 1),
                writer: writer)
            try await stage.store.commit(
                Transaction(changes: [
                    TurnChange.receive(entry),
                    GateChange.keep(Payload(id: entry.payload, digestKey: [1], sealed: [1])),
                ]))
        }
        try await stage.store.commit(Transaction(changes: unlinking))
        try await stage.store.commit(Transaction(changes: [ErasureChange.words(Stage.acme, Stage.bob)]))
        var left: [String] = []
        for number in writers.indices where try await stage.store.payload("i\(number)/message") != nil {
            left.append(writers[number])
        }
        #expect(left == ["person:alice", "slack:T1/U2"])
    }
}
