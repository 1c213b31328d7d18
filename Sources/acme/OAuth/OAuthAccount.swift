import Crypto
import Foundation

/// Somebody who can sign in.
struct OAuthAccount: Sendable {
    /// The name under which the journal has it.
    let owner: String
    let email: String
    /// Microsoft's tenant that it is of; nil for Acme's own.
    var tenant: String?
    var isDisabled = false
    /// What the next sign-in must satisfy, as Microsoft's Conditional Access says it; nil when nothing.
    var claims: String?
    /// What Graph wants of the account's tokens, whatever the token endpoint gives; until a sign-in with these very claims.
    var graphClaims: String?
    /// Whether Google wants the password again before it refreshes.
    var needsReauthentication = false

    init(owner: String) {
        self.owner = owner
        email = "\(owner)@acme.test"
    }

    /// Reads `{"owner", "email", "disabled", "tenant", "claims", "graph_claims", "reauthenticate"}`; only `owner` must be there.
    init(_ body: JSON) throws(SetupProblem) {
        guard let owner = body["owner"]?.text, !owner.isEmpty else { throw SetupProblem("`owner` must be a string") }
        self.owner = owner
        email = body["email"]?.text ?? "\(owner)@acme.test"
        isDisabled = body["disabled"]?.truth ?? false
        tenant = body["tenant"]?.text
        claims = body["claims"]?.text
        graphClaims = body["graph_claims"]?.text
        needsReauthentication = body["reauthenticate"]?.truth ?? false
    }

    /// Those who are there from the start.
    static let first = ["alice", "bob", "carol", "dana", "assistant"].map { OAuthAccount(owner: $0) }

    /// Twenty-one digits, as Google counts people; the same in every run.
    var number: String {
        owner == "dana" ? "104400000000000000004" : "1" + Self.digest(owner).prefix(20).map { String($0 % 10) }.joined()
    }

    /// The same in every run.
    func uuid(_ kind: String) -> String {
        let bytes = Array(Self.digest("\(kind) \(owner)").prefix(16))
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        var text = hex
        for offset in [8, 13, 18, 23] { text.insert("-", at: text.index(text.startIndex, offsetBy: offset)) }
        return text
    }

    private static func digest(_ text: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(text.utf8)))
    }
}
