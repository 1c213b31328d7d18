import Authority
public import OAuth
import Wire

/// Whom our assertion at a provider is about. The owner of the connection says that, and nothing that anybody asks for.
public enum AssertedSubject: Sendable, Hashable {
    /// The person whose connection it is, by the address that the registry has.
    case person(mail: String)
    /// Whom an agent may be, where the account is its own.
    case own(DelegatedSubject)

    var mail: String {
        switch self {
        case .person(let mail): mail
        case .own(let subject): subject.mail
        }
    }

    var claim: AuthorizationAssertion.Subject {
        switch self {
        case .person(let mail): .person(mail: mail)
        case .own(let subject): .delegated(subject)
        }
    }

    /// - Parameters:
    ///   - mail: as it was when the connection was made, sealed for its owner.
    ///   - people: everybody in the organization, as they are now. An address that a person had may be another's.
    ///   - subjects: whom an agent may be, as its definition is now.
    init(_ mail: String, of owner: Owner, people: [PersonClaim], subjects: Set<String>) throws(DelegatedSubject.Refusal)
    {
        switch owner {
        case .person(let person):
            guard people.contains(where: { $0.person == person && $0.email.lowercased() == mail }) else {
                throw .notAllowed
            }
            self = .person(mail: mail)
        case .organization: throw .notAllowed
        case .agent: self = .own(try DelegatedSubject(mail, allowed: subjects, people: people.map(\.email)))
        }
    }
}
