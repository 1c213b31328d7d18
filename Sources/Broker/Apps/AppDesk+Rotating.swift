public import Authority
import Gate
import OAuth
import Vault
import Wire

// A second secret is used at once, and the one before is kept until the provider has answered to the new one.
extension AppDesk {
    /// Takes a new secret. While an earlier new one isn't proven, that one is dropped, and the proven one stays.
    ///
    /// - Parameters:
    ///   - secret: of the kind that the app has; wiped here.
    ///   - ends: when it ends, where the provider said so.
    public func rotate(
        _ provider: ProviderID, in organization: OrganizationID, of agent: AgentID? = nil, secret: inout [UInt8],
        ends: Timestamp?, by: String
    ) async throws(BrokerError) -> AppRecord {
        let (record, unmoved) = try await current(provider, organization, agent)
        guard record.authentication != .privateKey else {
            throw BrokerError(
                .invalid, "`\(provider)` knows \(record.whose) by a key and not by a secret",
                hint: "give the new key with `--key-file`")
        }
        return try await replace(in: record, by: &secret, ends: ends, under: unmoved, by: by)
    }

    func replace(
        in record: AppRecord, by secret: inout [UInt8], ends: Timestamp?, under unmoved: EpochReading, by: String
    ) async throws(BrokerError) -> AppRecord {
        defer { wipe(&secret) }
        try await checkByHand(record)
        guard record.authentication != .none else {
            throw BrokerError(.invalid, "`\(record.clientID)` is a public client and has no secret")
        }
        guard !secret.isEmpty else { throw BrokerError(.invalid, "the secret is empty") }
        var kept = try secrets(of: record)
        var proven = kept.before ?? kept.now
        defer {
            wipe(&kept.now)
            wipe(&proven)
        }
        guard secret != kept.now else {
            throw BrokerError(
                .invalid, "that is the secret that is there already", hint: "make a new one with the provider first")
        }
        var pair = SecretPair.bytes(now: secret, before: proven)
        defer { wipe(&pair) }
        let next = record.holding(try sealed(pair, record.id), isRotating: true)
        try await commit(
            [AppChange.keep(next), try await change(of: ends, next)], "app.secret.rotated", next, under: unmoved, by: by
        )
        return next
    }

    /// The provider has answered to this app's newest secret: the one before isn't needed any more. Where that can't be
    /// written now, it is at a later answer.
    func prove(_ app: ProviderApp) async {
        guard !app.before.isEmpty else { return }
        do throws(BrokerError) {
            let (record, unmoved) = try await current(app.provider, app.organization, app.agent)
            // Another one may have come meanwhile, which nobody has answered to.
            guard record.isRotating, record.sealed == app.sealed else { return }
            // One that goes round by itself is kept until the provider has forgotten it.
            switch try await rotations(in: app.organization)[record.subject]?.step {
            case .resting, .removing, .ending: return
            case .waiting, .adding, .proving, nil: break
            }
            var kept = try secrets(of: record)
            defer { wipe(&kept.now) }
            let next = record.holding(try sealed(kept.now, record.id), isRotating: false)
            try await commit([AppChange.keep(next)], "app.secret.proven", next, under: unmoved, by: "gateway")
        } catch {}
    }

    func current(
        _ provider: ProviderID, _ organization: OrganizationID, _ agent: AgentID?
    ) async throws(BrokerError) -> (AppRecord, EpochReading) {
        let scope = AppDesk.scope(provider, organization)
        let unmoved = await commits.reading(scope)
        guard let record = try await record(at: provider, of: agent, in: organization) else {
            throw BrokerError(
                .unknown, "`\(provider)` doesn't know \(AppRecord.whose(agent))",
                hint: "list apps with `deputy apps list`")
        }
        return (record, unmoved)
    }

    func secrets(of record: AppRecord) throws(BrokerError) -> (now: [UInt8], before: [UInt8]?) {
        guard !record.sealed.isEmpty else { return ([], nil) }
        do throws(VaultError) {
            var bytes = try keys.openPayload(record.sealed, id: record.id)
            guard record.isRotating else { return (bytes, nil) }
            defer { wipe(&bytes) }
            if let pair = SecretPair.read(bytes) { return (pair.now, pair.before) }
        } catch {
            throw BrokerError(.unavailable, "the app's secret can't be opened: \(error.message)", hint: error.hint)
        }
        throw BrokerError(.unavailable, "the app's secret can't be read", hint: "add the app again")
    }
}

/// Two secrets in one sealed payload.
enum SecretPair {
    static func bytes(now: [UInt8], before: [UInt8]) -> [UInt8] {
        JSON.object(["now": .string(Base64.encode(now)), "before": .string(Base64.encode(before))]).bytes()
    }

    static func read(_ bytes: [UInt8]) -> (now: [UInt8], before: [UInt8])? {
        guard let json = try? JSON.parse(bytes), let now = json["now"]?.stringValue.flatMap({ Base64.decode($0) }),
            let before = json["before"]?.stringValue.flatMap({ Base64.decode($0) })
        else { return nil }
        return (now, before)
    }
}
