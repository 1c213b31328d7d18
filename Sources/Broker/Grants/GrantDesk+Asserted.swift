import Authority
import Gate
import OAuth
import Wire

extension GrantDesk {
    /// Asks for tokens with an assertion that our app's key signs, at a provider that trusts it for the organization.
    ///
    /// - Parameters:
    ///   - new: a person's or an agent's. For a person it is about that person alone.
    ///   - subject: for an agent's own account, whom it may be; never a person. For a person none.
    ///   - scopes: none for what the provider's tools need.
    public func addAsserted(
        _ new: NewConnection, as subject: String?, scopes: [String]
    ) async throws(BrokerError) -> ConnectionRecord {
        let place = try await place(of: new, orPersons: true)
        let app = try await apps.app(at: new.provider, in: new.organization, for: new.owner.agent)
        let about = try await asserted(new, as: subject)
        return try await add(.asserted(about, scopes: place.scopes(scopes)), new, place, as: app)
    }

    private func asserted(
        _ new: NewConnection, as subject: String?
    ) async throws(BrokerError) -> AssertedSubject {
        switch new.owner {
        case .person(let person):
            if let subject {
                try await desk.tell(
                    "connection.refused", new, ["because": "subject_named", "subject": .string(subject)])
                throw BrokerError(
                    .refused, "a person's connection is about that person, and about nobody who is named",
                    hint: "leave the subject out")
            }
            guard let mail = new.people.first(where: { $0.person == person })?.email.lowercased() else {
                throw BrokerError(.unknown, "no person is called `\(person)`", hint: "see `deputy people list`")
            }
            return .person(mail: mail)
        case .organization:
            throw BrokerError(
                .refused, "the organization's own connections are keys of models",
                hint: "connect `\(new.provider)` for an agent or a person")
        case .agent:
            guard let subject else {
                throw BrokerError(
                    .invalid, "whom the agent is at `\(new.provider)` has to be said",
                    hint: "name an account of its own with `--subject`")
            }
            return .own(try await allowed(subject, new))
        }
    }
}

extension Owner {
    var isPerson: Bool {
        switch self {
        case .person: true
        case .agent, .organization: false
        }
    }
}
