import Authority
public import Gate
public import Turns
import Wire

/// Checks the promises of `ChannelAccountStore` and of the changes that go with it.
public func checkChannelAccounts(_ makeStore: () async throws -> any Commits & ChannelAccountStore) async throws {
    let store = try await makeStore()
    func record(
        _ kind: ChannelKind, _ name: String, in organization: OrganizationID = Sample.acme, isPaused: Bool = false
    ) -> ChannelAccountRecord {
        ChannelAccountRecord(
            account: ChannelAccount(
                id: ChannelAccountID(organization: organization, kind: kind, name: name),
                settings: ["app": .string(Sample.awkward), "list": [1, JSON.null]],
                connection: kind == .slack ? ConnectionID("c1") : nil, unknown: .link,
                matchesDirectory: kind == .slack,
                bots: [SenderID("slack:T1/B1"), SenderID(Sample.awkward)], ceiling: [.read, .send], isPaused: isPaused),
            sealed: kind == .slack ? [0, 1, 255] : [], created: Sample.time(1))
    }
    func run(_ change: ChannelChange) async throws { try await store.commit(Transaction(changes: [change])) }
    func refusal(_ change: ChannelChange) async -> String? {
        await store.refusal(of: Transaction(changes: [change]))?.split(separator: " ").first.map(String.init)
    }
    let (help, sales, web) = (record(.slack, "help"), record(.slack, "sales", isPaused: true), record(.web, "help"))
    let elsewhere = record(.slack, "help", in: Sample.other)
    for record in [sales, web, help, elsewhere] { try await run(.add(record)) }
    try expect(try await store.channelAccount(help.account.id) == help, "an account comes back as it was")
    try expect(try await store.channelAccount(elsewhere.account.id) == elsewhere, "and is another one elsewhere")
    try expect(
        try await store.channelAccounts(in: Sample.acme) == [help, sales, web], "accounts come by kind and name")
    try expect(await refusal(.add(help)) == "exists", "a name is given once")

    try await run(.pause(help.account.id, true))
    try expect(
        try await store.channelAccount(help.account.id)?.account == help.account.with(isPaused: true),
        "a paused account keeps everything else")
    try expect(try await store.channelAccount(help.account.id)?.sealed == help.sealed, "its secret too")
    try await run(.pause(help.account.id, false))
    try expect(try await store.channelAccount(help.account.id) == help, "and is as it was when it is resumed")
    try await run(.pauseAll(Sample.acme))
    try expect(
        try await store.channelAccounts(in: Sample.acme).map(\.account.isPaused) == [true, true, true],
        "all are paused at once")
    try expect(try await store.channelAccount(elsewhere.account.id) == elsewhere, "those of others aren't")

    try await run(.remove(help.account.id))
    try expect(try await store.channelAccount(help.account.id) == nil, "a removed account is gone")
    let gone = ChannelAccountID(organization: Sample.acme, kind: .mail, name: "help")
    for change in [ChannelChange.remove(help.account.id), .pause(gone, true)] {
        try expect(await refusal(change) == "exists", "what isn't there isn't changed")
    }
    try await run(.add(help))
    try expect(try await store.channelAccount(help.account.id) == help, "and may be set up again")
}
