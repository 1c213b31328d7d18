public import Authority
public import Gate
import Ledger
import Wire

/// Sets up the accounts by which people reach agents. One leaf for each change.
public struct ChannelDesk: Sendable {
    let store: any ChannelAccountStore
    let commits: any Commits
    let sealing: any ChannelSealing
    let world: World
    /// The connection as the decision knows it; nil when there is none of this id.
    let connection: @Sendable (ConnectionID, OrganizationID) async throws -> ConnectionFacts?
    /// What its provider calls the app that a connection was made through; nil where nobody said.
    let app: @Sendable (ConnectionID, OrganizationID) async throws -> String?
    /// Whether mail can be read at a provider, and sent.
    let isMailbox: @Sendable (ProviderID) -> Bool
    /// Nil for what the gateway serves itself.
    let channel: @Sendable (ChannelKind) -> (any AccountChannel)?

    public init(
        store: any ChannelAccountStore, commits: any Commits, sealing: any ChannelSealing, world: World,
        connection: @escaping @Sendable (ConnectionID, OrganizationID) async throws -> ConnectionFacts?,
        app: @escaping @Sendable (ConnectionID, OrganizationID) async throws -> String? = { _, _ in nil },
        isMailbox: @escaping @Sendable (ProviderID) -> Bool,
        channel: @escaping @Sendable (ChannelKind) -> (any AccountChannel)?
    ) {
        self.store = store
        self.commits = commits
        self.sealing = sealing
        self.world = world
        self.connection = connection
        self.app = app
        self.isMailbox = isMailbox
        self.channel = channel
    }

    public func accounts(in organization: OrganizationID) async throws(TurnsError) -> [ChannelAccountRecord] {
        try await read { try await store.channelAccounts(in: organization) }
    }

    /// What a channel can do; nil for none that has accounts.
    public func traits(of kind: ChannelKind) -> ChannelTraits? {
        channel(kind)?.traits ?? ChannelTraits.own.first { $0.kind == kind }
    }

    public func account(_ id: ChannelAccountID) async throws(TurnsError) -> ChannelAccountRecord {
        if let record = try await read({ try await store.channelAccount(id) }) { return record }
        throw TurnsError(.unknown, "there is no account `\(id)`", hint: "list them with `deputy channels list`")
    }

    /// Checks what the account's platform signed, without lending its secret. Nil where nothing is signed: what comes over a
    /// socket isn't, and its account's secret is a token.
    public func signing(of record: ChannelAccountRecord) throws(TurnsError) -> (any ChannelSigning)? {
        guard !record.sealed.isEmpty, record.account.delivery == .hook else { return nil }
        do {
            return try sealing.signing(record.sealed, of: record.account.id)
        } catch {
            throw TurnsError(
                .unavailable, "the signing secret of `\(record.account.id)` doesn't open",
                hint: "remove the account, and add it again")
        }
    }

    /// - Parameter secret: what the platform signs with, or the token that opens its sockets; wiped here. Empty where there is
    ///   neither.
    public func add(
        _ account: ChannelAccount, secret: inout [UInt8], by administrator: String
    ) async throws(TurnsError) -> ChannelAccountRecord {
        let misuse = secret.isEmpty ? nil : channel(account.id.kind)?.problem(with: secret, told: account.delivery)
        let sealed: [UInt8]
        do {
            sealed = secret.isEmpty ? [] : try sealing.seal(&secret, of: account.id)
        } catch {
            throw TurnsError(.unavailable, "the signing secret can't be sealed", hint: "see `deputy doctor`")
        }
        try check(account, hasSecret: !sealed.isEmpty)
        if let misuse { throw TurnsError(.invalid, misuse.sentence, hint: misuse.hint) }
        try await checkConnection(of: account)
        let record = ChannelAccountRecord(account: account, sealed: sealed, created: world.now())
        do throws(CommitError) {
            try await commit(
                .add(record), "channel.added", account.fields, by: administrator, in: account.id.organization)
        } catch {
            guard case .exists = error else { throw TurnsError(error) }
            throw TurnsError(.exists, "there is an account `\(account.id)` already", hint: "take another name")
        }
        return record
    }

    /// A paused account takes no message and sends none.
    public func pause(
        _ id: ChannelAccountID, _ isPaused: Bool, by administrator: String
    ) async throws(TurnsError) -> ChannelAccountRecord {
        let record = try await account(id)
        guard record.account.isPaused != isPaused else { return record }
        try await change(
            .pause(id, isPaused), isPaused ? "channel.paused" : "channel.resumed", ["account": .string("\(id)")],
            by: administrator, in: id.organization)
        return try await account(id)
    }

    /// Stops everything that people say to agents at once. Each account is resumed by itself.
    public func pauseAll(by administrator: String, in organization: OrganizationID) async throws(TurnsError) {
        try await change(.pauseAll(organization), "channels.paused", [:], by: administrator, in: organization)
    }

    public func remove(_ id: ChannelAccountID, by administrator: String) async throws(TurnsError) {
        _ = try await account(id)
        try await change(
            .remove(id), "channel.removed", ["account": .string("\(id)")], by: administrator, in: id.organization)
    }

    private func change(
        _ change: ChannelChange, _ what: String, _ fields: JSONObject, by administrator: String,
        in organization: OrganizationID
    ) async throws(TurnsError) {
        do throws(CommitError) {
            try await commit(change, what, fields, by: administrator, in: organization)
        } catch {
            guard case .exists = error else { throw TurnsError(error) }
            throw .crossed
        }
    }

    private func commit(
        _ change: ChannelChange, _ what: String, _ fields: JSONObject, by administrator: String,
        in organization: OrganizationID
    ) async throws(CommitError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(administrator)
        let leaf: Leaf
        do throws(LedgerError) {
            leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
        } catch {
            throw .unavailable("the change is too large to be recorded")
        }
        try await commits.commit(
            Transaction(
                bumps: [.organization(organization)], changes: [change],
                leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
    }

    func read<Value>(_ body: () async throws -> Value) async throws(TurnsError) -> Value {
        do {
            return try await body()
        } catch {
            throw TurnsError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }
}

extension ChannelAccount {
    /// As leaves tell it. No secret is in it.
    fileprivate var fields: JSONObject {
        var object: JSONObject = [
            "account": .string("\(id)"), "settings": .object(settings), "unknown": .string(unknown.rawValue),
            "matches_directory": .bool(matchesDirectory),
            "bots": .array(bots.sorted().map { .string($0.raw) }),
            "ceiling": .array(Effect.allCases.filter(ceiling.contains).map { .string($0.rawValue) }),
        ]
        object["connection"] = connection.map { .string($0.raw) }
        return object
    }
}
