import OAuth
import OpenID
public import Vault
import Wire

extension SignInSettings {
    /// - Throws: when they can't be opened or read.
    public init(of store: any SignInStore, keys: KeyRing) async throws {
        self.init()
        guard let sealed = try await store.signInSettings() else { return }
        let stored = try JSON.parse(try keys.openPayload(sealed, id: SignInDesk.seal))
        guard let settings = SignInSettings(stored: stored) else { throw Unreadable() }
        self = settings
    }

    private struct Unreadable: Error {}
}

extension SignInDesk {
    /// For a restored store: what was taken from the settings since the backup is taken from them again.
    ///
    /// - Parameter issuers: of the providers that were left.
    /// - Returns: nil when there is nothing to take.
    public static func narrowed(
        _ store: any SignInStore, keys: KeyRing, to issuers: Set<String>, allowsLinks: Bool
    ) async throws -> SignInChange? {
        var settings = try await SignInSettings(of: store, keys: keys)
        let before = (settings.providers.count, settings.allowsLinks)
        settings.providers.removeAll { !issuers.contains($0.issuer.text) }
        settings.allowsLinks = settings.providers.isEmpty || settings.allowsLinks && allowsLinks
        guard (settings.providers.count, settings.allowsLinks) != before else { return nil }
        return .settings(try keys.sealPayload(settings.stored.bytes(), id: seal))
    }
}
