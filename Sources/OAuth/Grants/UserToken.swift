import Wire

/// A user's access token that was made for us, and for nobody else. Who takes it in has verified it; what is checked here is
/// that passing it on is what it was made for.
public struct UserToken: Sendable {
    let token: TokenText

    /// - Parameter clientID: ours, at the server that issued it.
    public init(_ token: TokenText, for clientID: String) throws(GrantFault) {
        let parts = token.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let bytes = Base64.decodeURL(parts[1]), let claims = try? JSON.parse(bytes).objectValue
        else { throw .userToken(.malformed) }
        guard let audience = claims["aud"]?.stringValue, audience == clientID || audience == "api://\(clientID)" else {
            throw .userToken(.audience)
        }
        // What a user allowed is in `scp`; a program's own token has `roles` instead, and may say so in `idtyp`.
        guard claims["scp"]?.stringValue?.isEmpty == false, claims["idtyp"]?.stringValue != "app" else {
            throw .userToken(.program)
        }
        self.token = token
    }
}
