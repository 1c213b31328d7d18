import Authority
import Gate
import Registry

/// Issuers outside, and what came of their tokens.
struct ExchangeState: Sendable {
    var issuers: [TokenIssuer] = []
    var grants: [ClientID: ExchangedGrant] = [:]

    mutating func apply(_ change: ExchangeChange) throws(CommitError) {
        switch change {
        case .addIssuer(let issuer):
            let isTaken = issuers.contains {
                $0.organization == issuer.organization && ($0.name == issuer.name || $0.issuer == issuer.issuer)
            }
            if isTaken { throw .exists(issuer.name) }
            issuers.append(issuer)
        case .removeIssuer(let organization, let name):
            let place = issuers.firstIndex { $0.organization == organization && $0.name == name }
            guard let place else { throw .exists(name) }
            issuers.remove(at: place)
        case .addGrant(let grant):
            if grants.updateValue(grant, forKey: grant.id) != nil { throw .exists(grant.id.raw) }
        }
    }
}
