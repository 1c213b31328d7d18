import Authority
import OpenID
import Vault
import Wire

/// What a browser takes along to the provider and back, sealed: nothing of it is kept here meanwhile, so nobody can fill
/// our store, and a state is good in the one browser that has it.
struct SignInTicket: Sendable, Hashable {
    let provider: String
    let issuer: String
    let clientID: String
    let request: AuthorizationRequest
    let asked: Timestamp
    /// Where the browser goes when all is well; a path of ours.
    let next: String
    /// The browser session whose person links a login; nil where somebody signs in.
    let linking: String?

    static let seconds: Int64 = 600
    /// In bytes. Browsers drop a cookie of more than 4096 with its name (RFC 6265 section 6.1).
    static let longest = 4_000

    var until: Timestamp { asked.adding(seconds: SignInTicket.seconds) }

    private static let place = "sign-in/"

    func sealed(by keys: KeyRing) throws(VaultError) -> String {
        let id = Base64.encodeURL(randomBytes(18))
        var object: JSONObject = [
            "provider": .string(provider), "issuer": .string(issuer), "client": .string(clientID),
            "state": .string(request.state), "nonce": .string(request.nonce), "verifier": .string(request.verifier),
            "asked": .number(JSONNumber(asked.microseconds)), "next": .string(next),
        ]
        if let maxAge = request.maxAge { object["max_age"] = .number(JSONNumber(maxAge)) }
        if let linking { object["linking"] = .string(linking) }
        let bytes = JSON.object(object).bytes()
        return id + "." + Base64.encodeURL(try keys.sealPayload(bytes, id: SignInTicket.place + id))
    }

    init(
        provider: String, issuer: String, clientID: String, request: AuthorizationRequest, asked: Timestamp,
        next: String, linking: String?
    ) {
        self.provider = provider
        self.issuer = issuer
        self.clientID = clientID
        self.request = request
        self.asked = asked
        self.next = next
        self.linking = linking
    }

    /// Nil when it isn't what `sealed` made.
    init?(_ text: String, opening keys: KeyRing) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count < 8_000, parts.count == 2, let sealed = Base64.decodeURL(parts[1]),
            let bytes = try? keys.openPayload(sealed, id: SignInTicket.place + parts[0]),
            let json = try? JSON.parse(bytes), let provider = json["provider"]?.stringValue,
            let issuer = json["issuer"]?.stringValue, let client = json["client"]?.stringValue,
            let state = json["state"]?.stringValue, let nonce = json["nonce"]?.stringValue,
            let verifier = json["verifier"]?.stringValue, let asked = json["asked"]?.integerValue,
            let next = json["next"]?.stringValue
        else { return nil }
        self.init(
            provider: provider, issuer: issuer, clientID: client,
            request: AuthorizationRequest(
                state: state, nonce: nonce, verifier: verifier, maxAge: json["max_age"]?.integerValue),
            asked: Timestamp(microseconds: asked), next: next, linking: json["linking"]?.stringValue)
    }
}
