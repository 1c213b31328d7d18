import Authority
import OAuth
import OpenID
import Wire

/// Adding a provider, and changing one.
extension SignInDesk {
    /// Asks the provider first: what can't be found or used isn't kept.
    ///
    /// - Parameter secret: wiped here; empty for a public client.
    public func add(
        _ new: NewSignInProvider, secret: inout [UInt8], by: String
    ) async throws(BrokerError) -> SignInProvider {
        let held = secret.isEmpty ? nil : HeldSecret(consuming: &secret)
        let provider = try new.checked(secret: held)
        let unmoved = await unmoved
        var settings = try await settings()
        if new.replaces { try take(new, from: &settings) }
        try check(provider, beside: settings)
        let metadata: ProviderMetadata
        do throws(SignInProblem) {
            metadata = try await directory.fresh(provider.issuer).metadata
        } catch {
            throw BrokerError(.refused, error.message, hint: "try the issuer's address in a browser")
        }
        guard metadata.authentications.contains(provider.authentication) || provider.authentication == .none else {
            let known = metadata.authentications.map(\.rawValue).sorted().joined(separator: ", ")
            throw BrokerError(
                .invalid, "the provider doesn't take `\(provider.authentication.rawValue)`",
                hint: "it takes \(known.isEmpty ? "none of ours" : known): give `--auth`")
        }
        settings.providers = (settings.providers + [provider]).sorted { $0.name < $1.name }
        try await keep(
            settings, under: unmoved, new.replaces ? "sign-in.provider-changed" : "sign-in.provider-added",
            [
                "provider": .string(provider.name), "issuer": .string(provider.issuer.text),
                "client": .string(provider.clientID),
                "groups": .array((provider.groups?.governed ?? []).sorted().map { .string($0.raw) }),
            ], by)
        return provider
    }

    private func take(_ new: NewSignInProvider, from settings: inout SignInSettings) throws(BrokerError) {
        guard let earlier = settings.provider(new.name) else { throw unknown(new.name, settings) }
        guard earlier.issuer.text == new.issuer else {
            throw BrokerError(
                .refused, "`\(new.name)` is \(earlier.issuer.text), and stays it",
                hint: "add the other issuer under another name")
        }
        settings.providers.removeAll { $0.name == new.name }
    }

    private func check(_ provider: SignInProvider, beside settings: SignInSettings) throws(BrokerError) {
        if settings.provider(provider.name) != nil {
            throw BrokerError(
                .invalid, "there is a provider `\(provider.name)` already",
                hint: "change it with `--replace`, or take another name")
        }
        for other in settings.providers {
            // The issuer names whose logins they are; two clients there would end each other's sessions.
            if other.issuer == provider.issuer {
                throw BrokerError(.invalid, "`\(other.name)` is of that issuer already")
            }
            let both = (other.groups?.governed ?? []).intersection(provider.groups?.governed ?? [])
            if let group = both.sorted().first {
                throw BrokerError(
                    .invalid, "`\(other.name)` decides who is in `\(group)` already",
                    hint: "one provider decides about a group: give it another")
            }
        }
    }
}
