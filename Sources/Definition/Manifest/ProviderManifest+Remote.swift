public import Authority
public import OAuth
import Wire

extension ProviderManifest {
    /// A remote MCP server as a service that people connect accounts at. It has no tools of a manifest's kind, and isn't asked
    /// whose account anything is: its authorization server is.
    ///
    /// - Parameter place: its whole address, which its tokens are bound to.
    public static func remoteServer(
        _ provider: ProviderID, title: String, place: String, oauth: AuthorizationServer
    ) -> ProviderManifest {
        ProviderManifest(
            provider: provider, title: title, origin: place, credential: .bearer, oauth: oauth, headers: [],
            isCompanyWide: false, isIdentityProvider: false,
            account: AccountProbe(requests: [], id: [.root], email: nil, name: nil, scopesHeader: nil),
            refusal: RefusalShape(code: nil, message: nil, success: nil, credentialCodes: [], missingScopes: .none),
            tools: [], mail: nil)
    }
}
