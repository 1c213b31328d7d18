public import Authority
public import Gate
import Ledger
import OAuth
import OpenID
public import Vault
import Wire

/// Signing in with a provider: which there are, the way there and back, and what it says afterwards.
public struct SignInDesk: Sendable {
    let store: any SignInStore & Commits
    let keys: KeyRing
    let errands: any ProviderErrands
    let directory: ProviderDirectory
    public let organization: OrganizationID
    let world: World

    public init(
        store: any SignInStore & Commits, keys: KeyRing, errands: any ProviderErrands, organization: OrganizationID,
        world: World
    ) {
        self.store = store
        self.keys = keys
        self.errands = errands
        self.organization = organization
        self.world = world
        directory = ProviderDirectory(errands: errands, now: world.now)
    }

    static let seal = SealedValue.signIn.sealID

    public func settings() async throws(BrokerError) -> SignInSettings {
        do {
            return try await SignInSettings(of: store, keys: keys)
        } catch {
            throw BrokerError(
                .unavailable, "the providers that people sign in with can't be opened",
                hint: "see `deputy doctor`")
        }
    }

    /// - Parameter belongings: the end of what came of the provider, such as the sessions of its people.
    public func remove(_ name: String, taking belongings: Transaction, by: String) async throws(BrokerError) {
        let unmoved = await unmoved
        var settings = try await settings()
        guard let provider = settings.provider(name) else { throw unknown(name, settings) }
        settings.providers.removeAll { $0.name == name }
        guard settings.allowsLinks || !settings.providers.isEmpty else {
            throw BrokerError(
                .refused, "nobody could sign in without `\(name)`: one-time links are off",
                hint: "turn them on with `deputy sign-in links on`")
        }
        try await keep(
            settings, under: unmoved, "sign-in.provider-removed",
            ["provider": .string(name), "issuer": .string(provider.issuer.text)], by, taking: belongings)
        directory.forget(provider.issuer)
    }

    /// Whether one-time links are made and taken. The operator can always turn them on again.
    public func allowLinks(_ allows: Bool, by: String) async throws(BrokerError) {
        let unmoved = await unmoved
        var settings = try await settings()
        guard allows || !settings.providers.isEmpty else {
            throw BrokerError(
                .refused, "nobody could sign in: there is no provider yet",
                hint: "add one with `deputy sign-in add`")
        }
        settings.allowsLinks = allows
        try await keep(settings, under: unmoved, allows ? "sign-in.links-on" : "sign-in.links-off", [:], by)
    }

    public func provider(_ name: String) async throws(BrokerError) -> SignInProvider {
        let settings = try await settings()
        guard let provider = settings.provider(name) else { throw unknown(name, settings) }
        return provider
    }

    func unknown(_ name: String, _ settings: SignInSettings) -> BrokerError {
        BrokerError(
            .unknown, "no provider to sign in with is called `\(name)`",
            hint: suggestion(for: name, among: settings.providers.map(\.name)) ?? "see `deputy sign-in list`")
    }

    /// All of it is one sealed record, so that two who change it at once would lose one change.
    var unmoved: EpochReading { get async { await store.reading(.home) } }

    func keep(
        _ settings: SignInSettings, under unmoved: EpochReading, _ what: String, _ fields: JSONObject, _ by: String,
        taking belongings: Transaction = Transaction()
    ) async throws(BrokerError) {
        var fields = fields
        (fields["change"], fields["by"]) = (.string(what), .string(by))
        do {
            let sealed = try keys.sealPayload(settings.stored.bytes(), id: SignInDesk.seal)
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            var transaction = belongings
            transaction.requires.append(unmoved)
            transaction.bumps.append(.home)
            transaction.changes.append(SignInChange.settings(sealed))
            transaction.leaves.append(PlacedLeaf(leaf, in: .organization(organization)))
            try await store.commit(transaction)
        } catch CommitError.moved {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the providers can't be written", hint: "see `deputy doctor`")
        }
    }
}

/// What signing in changes in the store.
public enum SignInChange: StoredChange {
    /// Takes the place of the settings. The bytes are sealed.
    case settings([UInt8])
}
