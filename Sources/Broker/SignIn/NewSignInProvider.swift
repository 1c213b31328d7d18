import Authority
public import OAuth
import OpenID

/// A provider as somebody wrote it down.
public struct NewSignInProvider: Sendable {
    public let name: String
    public let issuer: String
    public let clientID: String
    /// Nil for what goes with the secret: `client_secret_basic`, or none.
    public let authentication: ClientAuthentication?
    public let scopes: [String]
    public let groups: GroupMapping?
    /// Whether it takes the place of the one of that name, such as with a new secret. The issuer stays, and so do its
    /// logins and whoever is signed in with it.
    public let replaces: Bool

    public init(
        name: String, issuer: String, clientID: String, authentication: ClientAuthentication?, scopes: [String],
        groups: GroupMapping?, replaces: Bool = false
    ) {
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.authentication = authentication
        self.scopes = scopes
        self.groups = groups
        self.replaces = replaces
    }

    func checked(secret: HeldSecret?) throws(BrokerError) -> SignInProvider {
        guard (1...32).contains(name.utf8.count),
            name.utf8.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            })
        else {
            throw BrokerError(
                .invalid, "`\(name)` can't be the name of a provider",
                hint: "use 1 to 32 lower-case letters, digits and `-`")
        }
        let issuer: Issuer
        do throws(MetadataFault) {
            issuer = try Issuer(self.issuer)
        } catch { throw BrokerError(.invalid, error.message) }
        guard (1...512).contains(clientID.utf8.count), clientID.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw BrokerError(.invalid, "that isn't a client id", hint: "it is the one that the provider gave us")
        }
        let authentication = authentication ?? (secret == nil ? .none : .basic)
        guard (authentication == .none) == (secret == nil) else {
            throw BrokerError(
                .invalid,
                secret == nil
                    ? "`\(authentication.rawValue)` needs a secret" : "a public client has no secret",
                hint: secret == nil ? "name a file with `--secret-file`" : "leave `--auth none` or the secret out")
        }
        for scope in scopes where !scope.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            throw BrokerError(.invalid, "`\(scope)` isn't a scope", hint: "give one at a time, without spaces")
        }
        return SignInProvider(
            name: name, issuer: issuer, clientID: clientID, authentication: authentication, secret: secret,
            scopes: scopes, groups: groups)
    }
}
