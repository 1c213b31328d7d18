import Authority
import OpenID
import Wire

/// An issuer's word about a person, as a client brought it: verified, and for one agent.
struct BroughtWord: Sendable {
    let client: OAuthClient
    let issuer: TokenIssuer
    let login: Login
    let resource: AgentResource
    /// What is asked for; nil for all that the agent does.
    let effects: EffectSet?
    /// When what comes of it ends at the latest.
    let until: Timestamp
    /// What may be brought once; nil where it may be brought again.
    let spending: SpentOnce?
    /// Who acted before, the latest first. For the record: no right comes of it.
    let history: [TokenActor]
    /// What the client is told of the kind of its token; nil where it isn't told.
    let type: String?
    /// How the ledger calls it.
    let change: String
    /// How a word that is no good is refused: RFC 8693 section 2.2.2, RFC 7523 section 3.1.
    let code: OAuthRefusal.Code

    func refused(_ description: String) -> OAuthRefusal { OAuthRefusal(code, description) }

    /// - Parameter until: seconds since 1970 until which the word could come again.
    static func once(_ id: String, of issuer: TokenIssuer, until: Int64) -> SpentOnce {
        let name: JSON = ["exchange", .string(issuer.organization.raw), .string(issuer.url), .string(id)]
        return SpentOnce(digest: name.digest, until: Timestamp(microseconds: until * 1_000_000))
    }
}

/// What is known of a request that is refused, for the ledger. Nothing in it is as the client wrote it, unless its issuer
/// said so too.
struct ExchangeNotes: Sendable {
    var issuer: TokenIssuer?
    var login: Login?
    var person: PersonID?
    var agent: AgentID?

    func fields(_ grant: String, _ client: OAuthClient, _ refusal: OAuthRefusal) -> JSONObject {
        var fields: JSONObject = [
            "change": "exchange.refused", "by": .string("client:\(client.id)"), "client": .string(client.id.raw),
            "grant": .string(grant), "error": .string(refusal.code.rawValue),
            "because": .string(refusal.description),
        ]
        if let issuer { fields["issuer"] = .string(issuer.name) }
        if let login { fields["subject"] = .string(login.subject) }
        if let person { fields["person"] = .string(person.raw) }
        if let agent { fields["agent"] = .string(agent.raw) }
        return fields
    }
}
