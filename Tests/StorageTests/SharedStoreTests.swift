import Authority
import Broker
import Gate
import PostgreSQL
import Registry
import TestCluster
import Testing
import Turns
import Twins

@testable import Storage

/// Two gateways on one database.
@Suite struct SharedStoreTests {
    private let url: DatabaseURL
    private let first: SQLStore
    private let second: SQLStore

    init() async throws {
        guard case .shared(let url) = try await Database.postgreSQL.place() else { throw Unexpected() }
        self.url = url
        first = try await SQLStore.open(url, name: "first", onLostWrite: { _ in })
        second = try await SQLStore.open(url, name: "second", onLostWrite: { _ in })
    }

    private struct Unexpected: Error {}

    private func close() async throws {
        try await first.close()
        try await second.close()
    }

    private func sql(_ text: String) async throws {
        let connection = try await PostgreSQLConnection.connect(url)
        try await connection.execute(text)
        await connection.close()
    }

    private func lapse(_ store: SQLStore) async throws {
        let lease = try #require(store.driver as? SharedDriver).lease
        await lease.stop()
        let number = lease.number
        try await sql("UPDATE gateways SET until = 0 WHERE number = \(number)")
    }

    @Test
    func `a decision that stands on what another gateway changed is refused, and decided again on what holds now`()
        async throws
    {
        let scope = EpochScope.agent(Rows.acme, AgentID("email"))
        let reading = await second.reading(scope)
        try await first.commit(Transaction(bumps: [scope], leaves: [try Rows.leaf()]))
        let stale = Transaction(requires: [reading], leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: stale) == "moved \(scope.raw)")
        #expect(await second.epoch(of: scope) == 1, "the refusal taught it")
        let fresh = Transaction(
            requires: [await second.reading(scope)], leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: fresh) == nil)
        try await close()
    }

    @Test func `an epoch that was moved before the start is read when it is first asked for`() async throws {
        let scope = EpochScope.agent(Rows.acme, AgentID("email"))
        try await first.commit(Transaction(bumps: [scope], leaves: [try Rows.leaf()]))
        #expect(second.knownEpoch(of: scope) == nil)
        #expect(await second.epoch(of: scope) == 1)
        #expect(second.knownEpoch(of: scope) == 1)
        try await close()
    }

    @Test(arguments: [
        EpochScope.person(Rows.acme, PersonID("bob")), .client(ClientID("bobs")),
        .session(
            SessionKey(
                organization: Rows.acme, agent: AgentID("email"), requester: .person(PersonID("bob")),
                client: ClientID("bobs"))),
    ])
    func `what another gateway changed is noticed, though this one has committed something else since`(
        _ scope: EpochScope
    ) async throws {
        let reading = await second.reading(scope)
        try await first.commit(Transaction(bumps: [scope], leaves: [try Rows.leaf()]))
        try await second.commit(Transaction(leaves: [try Rows.leaf()]))
        let stale = Transaction(requires: [reading], leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: stale) == "moved \(scope.raw)")
        try await close()
    }

    @Test func `a server without room is told apart from a transaction that isn't right`() async throws {
        try await first.commit(Transaction(leaves: [try Rows.leaf()]))
        try await sql(
            """
            CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$
            """)
        try await sql("CREATE TRIGGER no_room BEFORE INSERT ON leaves FOR EACH ROW EXECUTE FUNCTION no_room()")
        #expect(await first.refusal(of: Transaction(leaves: [try Rows.leaf()])) != nil)
        #expect(!first.isWritable)
        try await sql("DROP TRIGGER no_room ON leaves")
        #expect(await first.refusal(of: Transaction(leaves: [try Rows.leaf()])) == nil)
        #expect(first.isWritable)
        try await close()
    }

    @Test func `the home's epoch stops every gateway, though it belongs to no organization`() async throws {
        let reading = await second.reading(.home)
        try await first.commit(Transaction(bumps: [.home], leaves: [try Rows.leaf(in: .system)]))
        let stale = Transaction(requires: [reading], leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: stale) == "moved home")
        try await close()
    }

    @Test func `whoever stops the home isn't passed by those who come later`() async throws {
        let (first, second) = (first, second)
        let busy = try await PostgreSQLConnection.connect(url)
        _ = try await busy.execute("BEGIN")
        _ = try await busy.query("SELECT 1 FROM pg_advisory_xact_lock_shared(\(SharedDriver.homeLock))")
        let stopping = Task {
            try await first.commit(Transaction(bumps: [.home], leaves: [try Rows.leaf(in: .system)]))
        }
        try await waiting(1, seenBy: busy)
        let reading = await second.reading(.home)
        let later = Task { await second.refusal(of: Transaction(requires: [reading], leaves: [try Rows.leaf()])) }
        try await waiting(2, seenBy: busy)
        _ = try await busy.execute("COMMIT")
        try await stopping.value
        #expect(try await later.value == "moved home")
        await busy.close()
        try await close()
    }

    /// Returns when so many wait for the home.
    private func waiting(_ count: Int64, seenBy connection: PostgreSQLConnection) async throws {
        let query = "SELECT count(*) FROM pg_locks WHERE objid = \(SharedDriver.homeLock) AND NOT granted"
        while try await connection.query(query).rows.first?.first != .integer(count) { await Task.yield() }
    }

    @Test func `trees that two gateways append to at once stay whole`() async throws {
        let (first, second) = (first, second)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in [first, second] {
                for number in 0..<100 {
                    group.addTask {
                        let other = TreeID.organization(OrganizationID(number.isMultiple(of: 3) ? "beta" : "acme"))
                        try await store.commit(
                            Transaction(leaves: [try Rows.leaf(in: other), try Rows.leaf(in: .system)]))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await first.head(of: .system).size == 200)
        for tree in try await first.trees() { try await verifyTree(tree, of: second, Rows.keys) }
        try await close()
    }

    @Test func `one unit that is left of a budget is spent once, whoever comes`() async throws {
        let (first, second) = (first, second)
        let window = BudgetWindow(
            organization: Rows.acme, agent: AgentID("email"), length: .minute, at: Timestamp(microseconds: 0))
        let applied = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let store = number.isMultiple(of: 2) ? first : second
                    let transaction = Transaction(
                        spends: [BudgetSpend(window: window, limit: 7)], leaves: [try Rows.leaf()])
                    return await store.refusal(of: transaction) == nil
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(applied == 7)
        #expect(try await first.used(window) == 7)
        #expect(try await first.head(of: Rows.tree).size == 7)
        try await close()
    }

    @Test func `news of an epoch reaches the other gateway without a commit of its own`() async throws {
        let scope = EpochScope.person(Rows.acme, PersonID("bob"))
        let second = second
        let (heard, hearing) = AsyncStream<Void>.makeStream()
        let listening = Task { await second.listen { _ in hearing.yield() } }
        var rings = heard.makeAsyncIterator()
        await rings.next()
        try await first.commit(
            Transaction(bumps: [scope], changes: [ApprovalChange.answered(CallID("none"))], leaves: [try Rows.leaf()]))
        await rings.next()
        #expect(second.knownEpoch(of: scope) == 1)
        listening.cancel()
        await listening.value
        try await close()
    }

    @Test func `the calls of a gateway that died are taken over once, and it does nothing more`() async throws {
        try await first.commit(Transaction(changes: [GateChange.open(Rows.call("c1"))], leaves: [try Rows.leaf()]))
        #expect(try await second.abandonedCalls().isEmpty, "it lives")
        try await lapse(first)
        let abandoned = try #require(try await second.abandonedCalls().first)
        #expect(abandoned.calls.map(\.id.raw) == ["c1"])
        let third = try await SQLStore.open(url, name: "third", onLostWrite: { _ in })
        let takeOver = Transaction(
            changes: [GateChange.endGateway(abandoned.gateway), GateChange.markUnknown(CallID("c1"))],
            leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: takeOver) == nil)
        #expect(await third.refusal(of: takeOver) == "exists gateway \(abandoned.gateway)")
        let late = Transaction(changes: [GateChange.close(CallID("c1"))], leaves: [try Rows.leaf()])
        #expect(await first.refusal(of: late) == "unavailable")
        #expect(first.hasLostLease && !first.isWritable)
        #expect(try await second.openCall(CallID("c1"))?.state == .unknown)
        try await third.close()
        try await close()
    }

    @Test func `a gateway that was taken for dead writes through another lease, which it gives back`() async throws {
        let scope = EpochScope.agent(Rows.acme, AgentID("email"))
        try await lapse(first)
        let number = try #require(first.driver as? SharedDriver).lease.number
        let ended = Transaction(changes: [GateChange.endGateway(number)], leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: ended) == nil)
        try await second.commit(Transaction(bumps: [scope], leaves: [try Rows.leaf()]))
        #expect(await first.refusal(of: Transaction(leaves: [try Rows.leaf()])) == "unavailable" && first.isFenced)
        let leaf = try Rows.leaf()
        try await first.withFreshLease { commits throws(CommitError) in
            let reading = await commits.reading(scope)
            #expect(reading.value == 1, "as it is by now")
            try await commits.commit(Transaction(requires: [reading], leaves: [leaf]))
        }
        await #expect(throws: CommitError.self) {
            try await first.withFreshLease { commits throws(CommitError) in
                try await commits.commit(
                    Transaction(requires: [EpochReading(scope: scope, value: 0)], leaves: [leaf]))
            }
        }
        #expect(try await second.head(of: Rows.tree).size == 3)
        #expect(try await gateways() == [try #require(second.driver as? SharedDriver).lease.number])
        try await verifyTree(Rows.tree, of: second, Rows.keys)
        try await close()
    }

    @Test func `gateways measure leases by the one clock of their database`() async throws {
        let before = try await databaseTime()
        let third = try await SQLStore.open(url, name: "third", onLostWrite: { _ in })
        let times = try [first, second, third].map { try #require($0.sharedTime).microseconds }
        let after = try await databaseTime()
        // Each heard it a moment after it was said, however long that was: none is ahead.
        #expect(times.allSatisfy { $0 <= after } && times[2] >= before, "\(before), \(times), \(after)")
        try await third.close()
        try await close()
    }

    private func databaseTime() async throws -> Int64 {
        let rows = try await first.rows(
            Query("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now"))
        return try #require(rows.first)["now"]
    }

    private func gateways() async throws -> [Int64] {
        try await second.rows(Query("SELECT number FROM gateways ORDER BY number")).map { try $0["number"] }
    }

    @Test func `a call that a gateway opened between its lapse and its end is taken over too`() async throws {
        try await first.commit(Transaction(changes: [GateChange.open(Rows.call("c1"))], leaves: [try Rows.leaf()]))
        try await lapse(first)
        for name in ["c1", "c2"] {
            let abandoned = try #require(try await second.abandonedCalls().first)
            #expect(abandoned.calls.map(\.id.raw) == [name])
            if name == "c1" {
                try await first.commit(
                    Transaction(changes: [GateChange.open(Rows.call("c2"))], leaves: [try Rows.leaf()]))
            }
            let takeOver = Transaction(
                changes: [GateChange.endGateway(abandoned.gateway), GateChange.markUnknown(CallID(name))],
                leaves: [try Rows.leaf()])
            #expect(await second.refusal(of: takeOver) == nil)
            #expect(try await second.openCall(CallID(name))?.state == .unknown)
        }
        #expect(try await second.abandonedCalls().isEmpty)
        try await close()
    }

    @Test func `a gateway that is back before anybody noticed keeps its calls`() async throws {
        try await first.commit(Transaction(changes: [GateChange.open(Rows.call("c1"))], leaves: [try Rows.leaf()]))
        let number = try #require(first.driver as? SharedDriver).lease.number
        let takeOver = Transaction(changes: [GateChange.endGateway(number)], leaves: [try Rows.leaf()])
        #expect(await second.refusal(of: takeOver) == "exists gateway \(number)")
        #expect(await first.refusal(of: Transaction(changes: [GateChange.close(CallID("c1"))])) == nil)
        try await close()
    }

    @Test func `a sequencer that went back under a session ends the gateway: nothing is read or committed any more`()
        async throws
    {
        for _ in 0..<3 { try await first.commit(Transaction(leaves: [try Rows.leaf()])) }
        #expect(first.wentBack == nil)
        try await sql("UPDATE sequencers SET number = number - 1 WHERE name = '\(Rows.tree.raw)'")
        #expect(await first.refusal(of: Transaction(leaves: [try Rows.leaf()])) == "unavailable")
        #expect(first.wentBack?.code == .olderCopy)
        #expect(!first.isWritable)
        await #expect(throws: StorageError.self) { try await first.head(of: Rows.tree) }
        #expect(await first.refusal(of: Transaction(leaves: [try Rows.leaf(in: .system)])) == "unavailable")
        try await close()
    }

    @Test func `an older copy in the database's place is noticed by whoever opens a session, before it reads`()
        async throws
    {
        try await first.commit(Transaction(leaves: [try Rows.leaf()]))
        try await replaceByCopy { try await first.commit(Transaction(leaves: [try Rows.leaf()])) }
        // The one has committed what is missing, the other has seen it only.
        for store in [first, second] {
            var code: StorageError.Code?
            // The first answer may be that of a session that was cut.
            for _ in 0..<10 where code != .olderCopy {
                do { _ = try await store.head(of: Rows.tree) } catch let error as StorageError { code = error.code }
            }
            #expect(code == .olderCopy)
            #expect(store.wentBack?.code == .olderCopy)
        }
        try await close()
    }

    /// Puts the database back to how it was before `change`, as its own tools do.
    private func replaceByCopy(_ change: () async throws -> Void) async throws {
        let (name, cluster) = (
            url.description.split(separator: "/").last.map(String.init) ?? "", try await TestCluster.shared
        )
        let administration = try await PostgreSQLConnection.connect(cluster.url())
        try await second.commit(Transaction(leaves: [try Rows.leaf()]))
        // Nobody is let in until it is copied, such as to renew a lease.
        try await administration.execute("ALTER DATABASE \(name) WITH ALLOW_CONNECTIONS false")
        try await administration.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'")
        try await administration.execute("CREATE DATABASE \(name)copy TEMPLATE \(name)")
        try await administration.execute("ALTER DATABASE \(name) WITH ALLOW_CONNECTIONS true")
        try await reach(first)
        try await change()
        try await reach(second)
        try await second.commit(Transaction(leaves: [try Rows.leaf()]))
        try await administration.execute("DROP DATABASE \(name) WITH (FORCE)")
        try await administration.execute("CREATE DATABASE \(name) TEMPLATE \(name)copy")
        await administration.close()
    }

    private func reach(_ store: SQLStore) async throws {
        for _ in 0..<10 where (try? await store.head(of: Rows.tree)) == nil {}
        _ = try await store.head(of: Rows.tree)
    }

    @Test func `gateways tell each other which keys they have, but not those that died or whose folder this one has`()
        async throws
    {
        try await first.tell(keys: ["b", "a"])
        #expect(try await second.otherHolders() == [KeyHolder(name: "first", keys: ["a", "b"])])
        #expect(try await first.otherHolders() == [KeyHolder(name: "second", keys: [])])
        try await sql("UPDATE gateways SET place = 'here/1/2'")
        #expect(try await first.otherHolders().isEmpty)
        try await sql("UPDATE gateways SET place = name")
        #expect(try await first.otherHolders().count == 1)
        try await lapse(second)
        #expect(try await first.otherHolders().isEmpty)
        try await close()
    }

    @Test func `of a job of which there is one another gateway takes over when its leader is gone`() async throws {
        #expect(try await first.leads("notices"))
        #expect(try await !second.leads("notices"))
        #expect(try await first.leads("notices"))
        try await first.close()
        #expect(try await second.leads("notices"))
        try await second.close()
    }

    @Test func `each mailbox is one gateway's, whichever asked first, until that one is gone`() async throws {
        let mailboxes = ["one", "two"].map {
            HouseJob.mailbox(ChannelAccountID(organization: OrganizationID("acme"), kind: .mail, name: $0))
        }
        #expect(try await first.keepsHouse(mailboxes[0]))
        #expect(try await second.keepsHouse(mailboxes[1]))
        #expect(try await !second.keepsHouse(mailboxes[0]))
        #expect(try await !first.keepsHouse(mailboxes[1]))
        #expect(try await second.keepsHouse(.retention))
        let number = try #require(first.driver as? SharedDriver).lease.number
        try await lapse(first)
        try await sql("DELETE FROM gateways WHERE number = \(number)")
        #expect(try await second.keepsHouse(mailboxes[0]))
        #expect(try await !first.keepsHouse(mailboxes[0]), "whoever was taken for dead reads nothing any more")
        try await close()
    }

    @Test func `a gateway that stops in the middle of a commit holds up the others for a while only`() async throws {
        let driver = try #require(first.driver as? SharedDriver)
        let answer = try await driver.pool.query("SELECT current_setting('idle_in_transaction_session_timeout')")
        #expect(answer.rows == [[.text("10s")]])
        try await close()
    }

    @Test func `what is written at once and fails takes back only its own`() async throws {
        let first = first
        let refusals = await withTaskGroup(of: String?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    var changes: [any StoredChange] = [RegistryChange.addAgent(Rows.agent("agent-\(number)"))]
                    if number.isMultiple(of: 10) { changes.append(RegistryChange.replaceAgent(Rows.agent("nobody"))) }
                    guard let leaf = try? Rows.leaf() else { return "no leaf" }
                    return await first.refusal(of: Transaction(changes: changes, leaves: [leaf]))
                }
            }
            return await group.reduce(into: [String]()) { refusals, refusal in
                if let refusal { refusals.append(refusal) }
            }
        }
        #expect(refusals == Array(repeating: "exists nobody", count: 4))
        #expect(try await second.agents(in: Rows.acme).count == 36)
        #expect(try await second.head(of: Rows.tree).size == 36)
        #expect(first.groups < 20, "40 callers took \(first.groups) durable commits")
        try await close()
    }
}
