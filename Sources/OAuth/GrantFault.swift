/// Why a grant isn't asked for, or what came back isn't what was asked for. Safe to show: no token and no key is in it.
public enum GrantFault: Error, Hashable, Sendable {
    /// The key isn't of the kind that signs so.
    case algorithm(AssertionAlgorithm)
    case signing
    /// The certificate holds no longer, or not yet.
    case certificate
    /// An assertion is for the server's name, and it has none.
    case noIssuer
    case noScope
    /// The token is no user's, for us.
    case userToken(UserTokenFault)
    /// Another kind of token than was asked for.
    case issuedType
    /// Something is to be signed, and our app there has a secret or nothing.
    case noKey

    public enum UserTokenFault: String, Hashable, Sendable, CaseIterable {
        case malformed
        /// For somebody else: passing it on would be taking it for what it isn't.
        case audience
        /// It stands for a program.
        case program
    }

    public var message: String {
        switch self {
        case .algorithm(let algorithm): "the key can't sign with \(algorithm.rawValue)"
        case .signing: "the assertion could not be signed"
        case .certificate: "the certificate has expired or isn't valid yet"
        case .noIssuer: "the server's assertions are for its name, and its manifest has no `issuer`"
        case .noScope: "no scope is asked for"
        case .userToken(.malformed): "the user's token isn't a signed token that can be read"
        case .userToken(.audience): "the user's token is for another application"
        case .userToken(.program): "the token stands for a program, not for a user"
        case .issuedType: "the server issued another kind of token than was asked for"
        case .noKey: "what is asked for is signed, and this home's app there has no key"
        }
    }

    public var hint: String? {
        switch self {
        case .algorithm: "RSA keys sign with PS256 or RS256, keys on P-256 with ES256"
        case .certificate: "register a new certificate with the provider, and add it here"
        case .noIssuer: "name the `issuer`, or have the assertions made out to the token endpoint"
        case .userToken(.audience): "the user's sign-in has to ask for a token for our client id"
        case .noKey: "add the app with a key: `deputy apps add PROVIDER --client-id ID --key-file KEY.pem`"
        case .signing, .noScope, .userToken(.malformed), .userToken(.program), .issuedType: nil
        }
    }
}
