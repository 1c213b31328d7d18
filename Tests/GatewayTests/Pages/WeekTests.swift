import Authority
import Gate
import Ledger
import Testing
import Twins
import Wire

@testable import Gateway

/// What the ledger's leaves tell one person of their week.
struct WeekTests {
    private let store = MemoryStore()
    private let acme = OrganizationID("acme")

    private func record(_ kind: LeafKind, _ fields: JSONObject, at seconds: Int64) async throws {
        let leaf = try Leaf(kind: kind, time: seconds * 1_000_000, fields: fields)
        try await store.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .organization(acme))]))
    }

    private func call(
        _ id: String, by person: String = "bob", verdict: String = "permit", approval: String? = nil, at seconds: Int64
    ) async throws {
        var fields: JSONObject = [
            "call": .string(id), "agent": "email", "tool": "gmail.send", "effect": "send",
            "requester": .string("person:\(person)"), "verdict": .string(verdict),
        ]
        fields["approval"] = approval.map { .string($0) }
        try await record(.decision, fields, at: seconds)
    }

    private func done(_ id: String, with connection: String, at seconds: Int64) async throws {
        try await record(
            .intent, ["call": .string(id), "credential": ["connection": .string(connection), "account": "dana"]],
            at: seconds)
        try await record(.outcome, ["call": .string(id), "outcome": "done"], at: seconds)
    }

    private func week(
        _ person: PersonID = "dana", since: Int64 = 0, leaves: Int64 = 50_000, calls: Int = 500
    ) async throws -> WeekCalls {
        var reader = WeekReader(
            ledger: store, organization: acme, person: person, connections: ["con_1"],
            since: Timestamp(microseconds: since * 1_000_000))
        reader.mostLeaves = leaves
        reader.mostCalls = calls
        return try await reader.read()
    }

    @Test func `calls with an account of theirs are a person's own, others' are not`() async throws {
        try await call("c1", at: 1)
        try await done("c1", with: "con_1", at: 1)
        try await call("c2", at: 2)
        try await done("c2", with: "con_2", at: 2)
        try await call("c3", by: "dana", verdict: "deny", at: 3)
        let week = try await week()
        #expect(week.calls.map(\.outcome) == ["refused", "done"])
        #expect(week.calls.map(\.account) == [nil, "dana"])
        #expect(week.wholeSince == nil)
    }

    @Test func `what waited, was edited and then done is one call`() async throws {
        try await call("c1", verdict: "ask", approval: "a1", at: 1)
        try await call("c2", verdict: "ask", approval: "a1", at: 2)
        #expect(try await week("bob").calls.map(\.outcome) == ["waits for an answer"])
        try await record(
            .approval,
            ["change": "approval.edited", "approval": "a1", "replacement": "a2", "by": "person:dana"], at: 3)
        #expect(try await week("bob").calls.count == 1)
        try await call("c3", approval: "a2", at: 4)
        #expect(try await week("bob").calls.map(\.outcome) == ["under way"])
        try await done("c3", with: "con_1", at: 4)
        for person: PersonID in ["bob", "dana"] {
            #expect(try await week(person).calls.map(\.outcome) == ["done"])
        }
    }

    @Test(arguments: [
        ("approval.denied", "dana denied it"), ("approval.agreed", "dana agreed"),
        ("approval.expired", "nobody answered in time"), ("approval.void", "not done: what it stood on changed"),
    ])
    func `what waited in vain says why`(_ change: String, _ outcome: String) async throws {
        try await call("c1", verdict: "ask", approval: "a1", at: 1)
        try await record(
            .approval, ["change": .string(change), "approval": "a1", "by": "person:dana"], at: 2)
        #expect(try await week("bob").calls.map(\.outcome) == [outcome])
    }

    @Test func `what is older than the week isn't told of`() async throws {
        for second in 1...5 { try await call("c\(second)", at: Int64(second)) }
        let week = try await week("bob", since: 3)
        #expect(week.calls.map(\.time.microseconds) == [5_000_000, 4_000_000, 3_000_000])
        #expect(week.wholeSince == nil)
    }

    @Test func `a list that was cut says from when on it is whole`() async throws {
        let leaves = try (1...2_500).map { second in
            PlacedLeaf(
                try Leaf(
                    kind: .decision, time: Int64(second) * 1_000_000,
                    fields: ["call": .string("c\(second)"), "requester": "person:bob", "verdict": "permit"]),
                in: .organization(acme))
        }
        try await store.commit(Transaction(leaves: leaves))
        let cut = try await week("bob", leaves: 1_500, calls: 5_000)
        #expect(cut.calls.count == 2_000)
        #expect(cut.wholeSince?.microseconds == 501_000_000)
        #expect(cut.calls.last?.time == cut.wholeSince)
        let long = try await week("bob", calls: 10)
        #expect(long.wholeSince?.microseconds == 1_501_000_000)
        #expect(try await week("bob", leaves: 2_500, calls: 5_000).wholeSince == nil)
    }
}
