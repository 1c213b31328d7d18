import Authority
import Broker
import Gate
import Ledger
import Registry
import Vault
import Wire

@testable import Storage

/// A home as a version before the migration `061` left it. What it holds in tables that were changed since is written with
/// the columns that there were.
struct OldHome {
    static let keys = LedgerKeys(name: "old.test", seed: [UInt8](repeating: 3, count: 32))
    private static let grant = "oauth"
    static let now = Timestamp(microseconds: 1_795_000_000_000_000)
    static let before = Array(Migrations.all.prefix { $0.name != "061-lacked-scopes" })

    let place: StorePlace
    let ring: KeyRing
    let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
    /// By their ids, as they were.
    private(set) var rows: [String: ConnectionRecord] = [:]

    init(_ database: Database) async throws {
        place = try await database.place()
        ring = try KeyRing.ephemeral()
        let store = try await place.open(StoreSettings(migrations: OldHome.before))
        try await fill(store)
        try await store.close()
    }

    private mutating func fill(_ store: SQLStore) async throws {
        for agent in ["reader", "voice", "quiet"] {
            try await store.commit(
                Transaction(changes: [
                    RegistryChange.addAgent(
                        AgentRecord(
                            id: AgentID(agent), organization: Rows.acme, definition: ["owner": "dana"],
                            standing: .active))
                ]))
        }
        let agent = Owner.agent(AgentID("voice"))
        try await connect(store, "grant", .person(PersonID("alice")), "outlook", OldHome.grant, "o-1")
        try await connect(store, "key", .person(PersonID("bob")), "notion", "bearer", "w-1/bob")
        try await connect(store, "asserted", agent, "gmail", "oauth-assertion", "77", "Assistant@Acme.test")
        try await connect(
            store, "itself", agent, "calendar", "oauth-service-account", "robot", "robot@acme.iam.gserviceaccount.com")
        try await connect(store, "voice", agent, "anthropic", "api_key", "org-1")
        for (query, values) in OldHome.written(try ring.sealPayload(Array("s3cret".utf8), id: "app/acme/outlook")) {
            try await store.driver.write(query, values.bound())
        }
    }

    private static let add = Query(
        """
        INSERT INTO connections (id, organization, owner_kind, owner, provider, origin, kind, account, account_name, email,
          scopes, generation, fingerprint, sealed, health, created)
        VALUES ($1, 'acme', $2, $3, $4, $5, $6, $7, $8, $9, '[]', 1, $10, $11, 'healthy', 1)
        """)

    /// One with a seal that binds neither account nor issuer, tokens beside it where it is a grant, and its leaf.
    private mutating func connect(
        _ store: SQLStore, _ name: String, _ owner: Owner, _ provider: String, _ kind: String, _ account: String,
        _ email: String? = nil
    ) async throws {
        var bytes = Array("key-of-\(name)".utf8)
        let secret = Secret(consuming: &bytes)
        func record(_ sealed: [UInt8]) -> ConnectionRecord {
            ConnectionRecord(
                id: ConnectionID("con_\(name)"), organization: Rows.acme, owner: owner, provider: ProviderID(provider),
                origin: provider == "outlook" ? "https://graph.microsoft.com" : "https://api.\(provider).test",
                kind: kind, account: account, accountName: account, email: email, scopes: [], generation: 1,
                fingerprint: fingerprints.of(secret), sealed: sealed, health: .healthy,
                created: Timestamp(microseconds: 1),
                assertedAs: kind == "oauth-assertion" ? email?.lowercased() : nil)
        }
        let row = record(try ring.seal(secret, record([]).use.sealContext(kind: kind), .withoutAccount).bytes)
        rows[name] = row
        try await store.driver.write(
            OldHome.add,
            ([
                row.id.raw, row.owner.kind, row.owner.name, provider, row.origin, kind, account, account, email,
                row.fingerprint, row.sealed,
            ] as [any Storable]).bound())
        var fields = row.told.objectValue ?? [:]
        (fields["change"], fields["by"], fields["connection"]) = ("connection.added", "test", .string(row.id.raw))
        var changes: [any StoredChange] = []
        if kind == OldHome.grant {
            let tokens = try tokens(of: row)
            changes.append(TokenSetChange.keep(tokens))
            fields["tokens"] = .string(tokens.fingerprint)
        }
        let leaf = try Leaf(kind: .authority, time: OldHome.now.microseconds, fields: fields)
        try await store.commit(Transaction(changes: changes, leaves: [PlacedLeaf(leaf, in: Rows.tree)]))
    }

    /// That have run out.
    private func tokens(of row: ConnectionRecord) throws -> TokenSet {
        func sealed(_ text: String, _ place: String) throws -> [UInt8] {
            var bytes = Array(text.utf8)
            var context = row.use.sealContext(kind: "\(place)/\(row.fingerprint)")
            context.generation = 1
            return try ring.seal(Secret(consuming: &bytes), context, .withoutAccount).bytes
        }
        return TokenSet(
            connection: row.id, grant: row.fingerprint, generation: 1, clientID: "deputy", fingerprint: "f-a1",
            access: try sealed("a1", "access_token"), refresh: try sealed("r1", "refresh_token"),
            expires: OldHome.now.adding(seconds: -60), obtained: OldHome.now.adding(seconds: -3_660),
            due: OldHome.now.adding(seconds: -360))
    }

    static let asked = Digest.sha256(of: Array("asked".utf8))

    /// What somebody has yet to agree to, as it was written then.
    private static let waiting = """
        {"id":"apr_2","call":{"organization":"acme","agent":"reader","requester":["person","alice"],"client":"tok_1",\
        "trigger":"message","tool":"outlook.send","effect":"send"},"binding":{"definition":"\(asked.hex)","pin":"\(asked.hex)",\
        "connection":"con_grant","account":"o-1"},"digest":"\(asked.hex)","asked":"\(asked.hex)","needs":[["alice"],["dana"]],\
        "allowsWindow":true,"created":1,"expires":1795000600000000,"yes":["dana"],"state":{"name":"waiting"}}
        """

    private static func written(_ secret: [UInt8]) -> [(Query, [any Storable])] {
        [
            (
                Query(
                    """
                    INSERT INTO apps (id, organization, provider, client, authentication, sealed, created)
                    VALUES ('app/acme/outlook', 'acme', 'outlook', 'deputy', 'client_secret_post', $1, 1)
                    """), [secret]
            ),
            (
                Query(
                    """
                    INSERT INTO inbox (id, organization, kind, account, event, conversation, is_stop, received, not_before,
                      state, attempts) VALUES ('in_1', 'acme', 'slack', 'main', 'e1', 'acme/slack/main/C1', 0, 1, 1,
                      'waiting', 0)
                    """), []
            ),
            (
                Query(
                    """
                    INSERT INTO turns (id, organization, kind, account, conversation, message, session, agent, requester,
                      sender, place, reply, began, state, steps, touched)
                    VALUES ('turn_1', 'acme', 'slack', 'main', 'acme/slack/main/C1', 'in_0', 's', 'reader',
                      '["guest","slack:T1/U9"]', 'slack:T1/U9', '{"peer":{"kind":"direct","id":"D1"},"roles":[],"hasOutsiders":false}', '{}', 1, 'ready', 0, 1)
                    """), []
            ),
            (
                Query(
                    """
                    INSERT INTO approvals (id, organization, asked, is_live, is_pending, created, record)
                    VALUES ('apr_2', 'acme', $1, 1, 1, 1, $2)
                    """), [asked.bytes, waiting]
            ),
            (
                Query(
                    """
                    INSERT INTO turns (id, organization, kind, account, conversation, message, session, agent, requester,
                      sender, place, reply, began, state, steps, touched, approval)
                    VALUES ('turn_2', 'acme', 'slack', 'main', 'acme/slack/main/C2', 'in_2', 's2', 'reader',
                      '["person","alice"]', 'slack:T1/U1', '{"peer":{"kind":"direct","id":"D2"},"roles":[],"hasOutsiders":false}', '{}', 1, 'parked', 3, 1, 'apr_2')
                    """), []
            ),
            (
                Query(
                    """
                    INSERT INTO outbox (id, organization, kind, account, conversation, turn, created, not_before, state,
                      attempts, approval) VALUES ('out_1', 'acme', 'slack', 'main', 'acme/slack/main/C1', 'turn_1', 1, 1,
                      'waiting', 0, 'apr_1')
                    """), []
            ),
            (
                Query(
                    """
                    INSERT INTO model_endpoints (organization, name, record) VALUES
                    ('acme', 'main', '{"name":"main","speaks":"anthropic","model":"m","longest_reply":512,"context":null,
                      "base":"","connection":"con_voice","classes":[]}')
                    """), []
            ),
            (
                Query(
                    """
                    INSERT INTO model_choices (organization, agent, record) VALUES
                    ('acme', 'voice', '{"models":["main"],"tokens_per_day":100,"tokens_per_person_per_day":null}')
                    """), []
            ),
        ]
    }
}
