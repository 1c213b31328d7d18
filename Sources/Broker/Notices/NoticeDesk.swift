public import Authority
public import Gate
import Ledger
public import Vault
import Wire

/// Sets up how people are told. Each change is one leaf; the secrets are sealed, and no answer ever holds them.
public struct NoticeDesk: Sendable {
    private let store: any NoticeStore & Commits
    private let keys: KeyRing
    private let organization: OrganizationID
    private let world: World

    public init(store: any NoticeStore & Commits, keys: KeyRing, organization: OrganizationID, world: World) {
        self.store = store
        self.keys = keys
        self.organization = organization
        self.world = world
    }

    private static let seal = SealedValue.notices.sealID

    public func settings() async throws(BrokerError) -> NoticeSettings {
        do {
            guard let sealed = try await store.noticeSettings() else { return NoticeSettings() }
            if let settings = NoticeSettings(stored: try JSON.parse(try keys.openPayload(sealed, id: NoticeDesk.seal)))
            {
                return settings
            }
        } catch {
            throw BrokerError(
                .unavailable, "the settings of notices can't be opened",
                hint: "set them again with `deputy notices set`")
        }
        throw BrokerError(
            .unavailable, "the settings of notices can't be read", hint: "set them again with `deputy notices set`")
    }

    /// - Parameter password: wiped here.
    public func setMail(
        _ address: String, from: String, password: inout [UInt8], trusted: String?, by: String
    ) async throws(BrokerError) -> NoticeSettings {
        let server = try NoticeAddress.server(address)
        guard let from = MailAddress(from) else {
            throw BrokerError(.invalid, "`\(from)` isn't a mail address", hint: "write deputy@example.org")
        }
        guard (server.user == nil) == password.isEmpty else {
            throw BrokerError(
                .invalid, "a user and a password come together",
                hint: "name the user in the address and the password with `--password-file F`")
        }
        guard server.user == nil || server.security != .clear else {
            throw BrokerError(.invalid, "a password is never sent in clear", hint: "use smtps:// or smtp://")
        }
        let secret = password.isEmpty ? nil : HeldSecret(consuming: &password)
        let unmoved = await unmoved
        var settings = try await settings()
        settings.mail = MailSettings(
            security: server.security, host: server.host, port: server.port, user: server.user, password: secret,
            from: from, trusted: trusted)
        try await keep(settings, under: unmoved, "notices.mail.set", settings.mail?.url, by)
        return settings
    }

    /// - Parameter secret: `whsec_` and the key in base64, wiped here; empty makes a new one.
    /// - Returns: the secret that was made, which is shown this once.
    public func setWebhook(_ address: String, secret: inout [UInt8], by: String) async throws(BrokerError) -> String? {
        let (origin, target) = try NoticeAddress.webhook(address)
        var made: String?
        if secret.isEmpty {
            let text = "whsec_" + Base64.encode(randomBytes(32))
            made = text
            secret = Array(text.utf8)
        }
        let text = String(decoding: secret, as: UTF8.self)
        wipe(&secret)
        guard text.hasPrefix("whsec_"), var key = Base64.decode(String(text.dropFirst(6))),
            (24...64).contains(key.count)
        else {
            throw BrokerError(
                .invalid, "the secret isn't one of Standard Webhooks",
                hint: "give `whsec_` and 24 to 64 bytes in base64, or none and one is made")
        }
        let unmoved = await unmoved
        var settings = try await settings()
        settings.webhook = WebhookSettings(origin: origin, target: target, key: HeldSecret(consuming: &key))
        try await keep(settings, under: unmoved, "notices.webhook.set", origin, by)
        return made
    }

    public func remove(_ route: NoticeRoute, by: String) async throws(BrokerError) {
        let unmoved = await unmoved
        var settings = try await settings()
        switch route {
        case .mail:
            guard settings.mail != nil else {
                throw BrokerError(.unknown, "no mail server is set", hint: "see `deputy notices show`")
            }
            settings.mail = nil
        case .webhook:
            guard settings.webhook != nil else {
                throw BrokerError(.unknown, "no webhook is set", hint: "see `deputy notices show`")
            }
            settings.webhook = nil
        case .channel:
            throw BrokerError(
                .refused, "what people are told in their channels goes by its account",
                hint: "pause it with `deputy channels pause`, or unlink the sender")
        }
        try await keep(settings, under: unmoved, "notices.\(route.rawValue).removed", nil, by)
    }

    /// Both ways are one sealed record, so that two who set one each at once would lose one of them.
    private var unmoved: EpochReading { get async { await store.reading(.home) } }

    private func keep(
        _ settings: NoticeSettings, under unmoved: EpochReading, _ what: String, _ place: String?, _ by: String
    ) async throws(BrokerError) {
        var fields: JSONObject = ["change": .string(what), "by": .string(by)]
        if let place { fields["place"] = .string(place) }
        do {
            let sealed = try keys.sealPayload(settings.stored.bytes(), id: NoticeDesk.seal)
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await store.commit(
                Transaction(
                    requires: [unmoved], bumps: [.home], changes: [NoticeChange.settings(sealed)],
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        } catch CommitError.moved {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the settings can't be written", hint: "see `deputy doctor`")
        }
    }
}
