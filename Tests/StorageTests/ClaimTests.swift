import Authority
import Gate
import Testing
import Turns
import Twins

@testable import Storage

/// Gateways that share a store, and what each of them has taken.
@Suite struct ClaimTests {
    @Test func `the memory twin keeps what gateways take apart`() async throws {
        let alone = MemoryStore()
        let (first, second) = (MemoryStore(sharing: alone), MemoryStore(sharing: alone))
        try await checkClaims(first, second) { first.endLease() }
    }

    @Test func `the shared database keeps what gateways take apart`() async throws {
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        let first = try await SQLStore.open(url, name: "first", StoreSettings(connections: 2), onLostWrite: { _ in })
        let second = try await SQLStore.open(url, name: "second", StoreSettings(connections: 2), onLostWrite: { _ in })
        try await checkClaims(first, second) {
            let lease = try #require(first.driver as? SharedDriver).lease
            await lease.stop()
            try await second.write(Query("UPDATE gateways SET until = 0 WHERE number = $1"), [lease.number])
            try await second.commit(Transaction(changes: [GateChange.endGateway(lease.number)]))
        }
        try await first.close()
        try await second.close()
    }

    enum Fault: CaseIterable {
        case takesAnyones, keepsAnyones
    }

    @Test(arguments: Fault.allCases)
    func `a store that keeps nothing apart doesn't pass`(fault: Fault) async {
        let alone = MemoryStore()
        let first = MemoryStore(sharing: alone)
        // Whoever has no lease is the only gateway, and has everything.
        let second =
            switch fault {
            case .takesAnyones: first
            case .keepsAnyones: alone
            }
        await #expect(throws: ContractViolation.self) { try await checkClaims(first, second) { first.endLease() } }
    }

    @Test func `of messages at three gateways each is taken once, in the order of its conversation`() async throws {
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        var stores: [SQLStore] = []
        for number in 0..<3 {
            stores.append(
                try await SQLStore.open(
                    url, name: "gateway \(number)", StoreSettings(connections: 2), onLostWrite: { _ in }))
        }
        let messages = (0..<60).map { number in
            InboxEntry(
                id: InboxID("m\(number + 100)"),
                account: ChannelAccountID(organization: Rows.acme, kind: .slack, name: "one"), event: "e\(number)",
                conversation: ConversationID(raw: "c\(number % 20)"), isStop: false,
                received: Timestamp(microseconds: Int64(number)))
        }
        try await stores[0].commit(Transaction(changes: messages.map { TurnChange.receive($0) }))
        let taken = try await withThrowingTaskGroup(of: [InboxID].self) { group in
            for store in stores {
                group.addTask {
                    var taken: [InboxID] = []
                    for _ in 0..<30 {
                        let heads = try await store.claimMessages(at: Timestamp(microseconds: 900), limit: 4, each: 100)
                        for head in heads {
                            var done = head
                            done.state = .ignored
                            try await store.commit(Transaction(changes: [TurnChange.replace(done)]))
                            taken.append(head.id)
                        }
                    }
                    return taken
                }
            }
            return try await group.reduce(into: [[InboxID]]()) { $0.append($1) }
        }
        let all = taken.flatMap(\.self)
        #expect(all.count == 60 && Set(all).count == 60, "each once: none was refused")
        #expect(taken.allSatisfy { !$0.isEmpty }, "\(taken.map(\.count))")
        for store in stores { try await store.close() }
    }

    @Test func `of messages that come to two gateways at once no more wait than may`() async throws {
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        let first = try await SQLStore.open(url, name: "first", StoreSettings(connections: 2), onLostWrite: { _ in })
        let second = try await SQLStore.open(url, name: "second", StoreSettings(connections: 2), onLostWrite: { _ in })
        let account = ChannelAccountID(organization: Rows.acme, kind: .api, name: "tok_1")
        let kept = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let entry = InboxEntry(
                        id: InboxID("m\(number)"), account: account, event: "e\(number)",
                        conversation: ConversationID(raw: "c\(number)"), isStop: false,
                        received: Timestamp(microseconds: 1))
                    // Some come in a group with leaves, which take another sequencer.
                    return await (number.isMultiple(of: 2) ? first : second).refusal(
                        of: Transaction(
                            changes: [TurnChange.receive(entry), TurnChange.room(account, most: 200)],
                            leaves: number.isMultiple(of: 3) ? [try Rows.leaf()] : [])) == nil
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(kept == 200)
        #expect(try await first.claimMessages(at: Timestamp(microseconds: 9), limit: 900, each: 900).count == 200)
        try await first.close()
        try await second.close()
    }
}
