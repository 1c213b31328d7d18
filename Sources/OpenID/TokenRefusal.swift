/// Why a token isn't believed. The raw value is how refusals are counted; nothing of the token is in it.
public enum TokenRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// Not three parts of base64url, not JSON, a key that comes twice, or an extension that nobody here understands.
    case malformed
    /// Not signed in one of the ways that the provider names and we take.
    case algorithm
    /// Another kind of token.
    case type
    /// Signed by a key that the provider's set doesn't have, as far as it is known.
    case unknownKey = "unknown-key"
    case signature
    case issuer
    case audience
    case authorizedParty = "authorized-party"
    case subject
    case expired
    /// Issued before it was asked for, or in the future.
    case issued
    case nonce
    /// Doesn't say when the person showed who they are, or that was too long ago for what was asked.
    case authenticationTime = "auth-time"
    /// Not bound to the access token that came with it.
    case accessToken = "access-token"
    /// Isn't a logout of anybody.
    case event
    /// Names those who act in a way that can't be read, or in a way that could mean less than it seems.
    case actor
    /// Bound to a key, or narrowed by what nobody here understands.
    case restricted
    /// Made for another client.
    case client
    /// Has no name of its own by which it could be taken once.
    case id
    /// Doesn't say where it is to be used.
    case resource
}
