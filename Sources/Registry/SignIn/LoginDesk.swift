public import Authority
import Gate
public import Wire

/// Says whose a login at a provider is.
public struct LoginDesk: Sendable {
    let administration: Administration
    let store: any LoginStore
    let exchanges: any ExchangeStore

    public init(administration: Administration, store: any LoginStore & ExchangeStore) {
        self.administration = administration
        self.store = store
        exchanges = store
    }

    /// - Parameter spending: what may be brought once, such as a person's own way to the provider and back.
    public func link(
        _ login: Login, to person: PersonID, by administrator: Administrator, in organization: OrganizationID,
        spending: SpentOnce? = nil
    ) async throws(RegistryError) {
        let unmoved = await [administration.reading(.person(organization, person))]
        let record = try await administration.requirePerson(person, in: organization)
        guard record.standing == .active else {
            throw RegistryError(.refused, "the account of `\(person)` is \(record.standing.rawValue)")
        }
        guard (1...255).contains(login.subject.utf8.count), !login.subject.utf8.contains(where: { $0 < 0x20 }) else {
            throw RegistryError(
                .invalid, "that isn't the subject of a login",
                hint: "it is the `sub` that the provider gives the person, which the refused sign-in shows")
        }
        if let other = try await administration.read({ try await store.login(login, in: organization) }) {
            throw RegistryError(
                .exists,
                other.person == person
                    ? "that login is `\(person)`'s already" : "that login is `\(other.person)`'s",
                hint: other.person == person ? nil : "unlink it there first")
        }
        let change = LoginRecord(
            organization: organization, login: login, person: person, by: administrator.text,
            at: administration.world.now())
        let transaction = Transaction(
            requires: unmoved, changes: [LoginChange.link(change)] + (spending.map { [$0.change] } ?? []),
            leaves: [
                try administration.leaf(fields("login.linked", login, of: person, by: administrator), in: organization)
            ])
        do throws(RegistryError) {
            try await administration.commit(transaction)
        } catch {
            guard error.code == .exists else { throw error }
            throw RegistryError(.exists, "that login was linked just now, or this page was used before")
        }
    }

    /// The login signs nobody in any more, the browsers that it signed in are signed out, and what came of its tokens ends.
    public func unlink(
        _ login: Login, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await administration.again { () async throws(RegistryError) in
            try await unlinkOnce(login, by: administrator, in: organization)
        }
    }

    private func unlinkOnce(
        _ login: Login, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        // What comes of a login's tokens for the first time bumps this.
        let unmoved = await administration.reading(.issuers(organization))
        guard let record = try await administration.read({ try await store.login(login, in: organization) }) else {
            throw RegistryError(.unknown, "that login is nobody's", hint: "list them with `deputy sign-in list`")
        }
        var tokens: [TokenRecord] = []
        for grant in try await administration.read({ try await exchanges.exchangedGrants(of: login, in: organization) })
        {
            let token = try await administration.read { try await administration.store.token(grant.id) }
            if let token, token.state == .active { tokens.append(token) }
        }
        var (transaction, agreements) = try await administration.ending(tokens, because: "the login was unlinked")
        let ended = ProvidedSessions(issuer: login.issuer, subject: login.subject, session: nil)
        transaction.requires.append(unmoved)
        transaction.bumps.append(.person(organization, record.person))
        transaction.changes += [
            LoginChange.unlink(organization, login, record.person), BrowserChange.endProvided(organization, ended),
        ]
        var fields = fields("login.unlinked", login, of: record.person, by: administrator)
        if !tokens.isEmpty {
            fields["tokens"] = .array(tokens.map { .string($0.id.raw) })
            fields["agreementsEnded"] = .array(agreements.map { .string($0.raw) })
        }
        transaction.leaves = [try administration.leaf(fields, in: organization)]
        try await administration.commit(transaction)
    }

    public func logins(in organization: OrganizationID) async throws(RegistryError) -> [LoginRecord] {
        try await administration.read { try await store.logins(in: organization) }
    }

    private func fields(
        _ what: String, _ login: Login, of person: PersonID, by administrator: Administrator
    ) -> JSONObject {
        [
            "change": .string(what), "by": .string(administrator.text), "person": .string(person.raw),
            "issuer": .string(login.issuer), "subject": .string(login.subject),
        ]
    }
}

/// Something that is taken once, in the commit that takes it.
public struct SpentOnce: Sendable, Hashable {
    public let digest: Digest
    /// When it would be refused for its age anyway.
    public let until: Timestamp

    public init(digest: Digest, until: Timestamp) {
        self.digest = digest
        self.until = until
    }

    var change: any StoredChange { GateChange.spendOnce(digest, until: until) }
}
