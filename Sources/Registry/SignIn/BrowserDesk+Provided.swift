public import Authority
public import Gate
import Wire

/// Signing in by a provider's word, and out by it.
extension BrowserDesk {
    /// Makes a session of its own for the login's person, whatever the browser had before, and brings their groups up to
    /// date: in one commit, so that nobody is signed in with the groups of before.
    ///
    /// - Parameter current: the session that the browser has now, which the new one takes the place of.
    public func signIn(
        with signIn: ProvidedSignIn, in organization: OrganizationID, logins: LoginDesk, browser: String,
        over current: BrowserSession? = nil
    ) async throws(ProvidedSignInRefusal) -> (session: BrowserSession, secret: String) {
        let result: Result<(session: BrowserSession, secret: String)?, RegistryError>
        do throws(RegistryError) {
            result = .success(
                try await administration.again { () async throws(RegistryError) in
                    try await once(signIn, organization, logins.store, browser, current)
                })
        } catch { result = .failure(error) }
        switch result {
        case .success(let made?): return made
        case .success(nil): throw .unlinked(signIn.provided.login)
        case .failure(.replayed): throw .replayed
        case .failure(.somebodyElses): throw .somebodyElses
        case .failure(let error): throw .unavailable(error)
        }
    }

    /// - Returns: nil when the login is nobody's who may sign in.
    private func once(
        _ signIn: ProvidedSignIn, _ organization: OrganizationID, _ logins: any LoginStore, _ browser: String,
        _ current: BrowserSession?
    ) async throws(RegistryError) -> (session: BrowserSession, secret: String)? {
        let login = signIn.provided.login
        var edit = await SharingEdit(administration, organization)
        guard let named = try await administration.read({ try await logins.login(login, in: organization) }) else {
            return nil
        }
        let scope = await administration.reading(.person(organization, named.person))
        // Read again under the person's epoch, which unlinking bumps.
        guard let record = try await administration.read({ try await logins.login(login, in: organization) }),
            record.person == named.person,
            let person = try await administration.read({
                try await administration.store.person(record.person, in: organization)
            }), person.standing == .active
        else { return nil }
        if let current, (current.organization, current.person) != (organization, person.id) { throw .somebodyElses }
        let made = session(of: person.id, in: organization, browser, provided: signIn.provided)
        edit.transaction.requires += signIn.unmoved + [scope]
        edit.transaction.changes += [
            signIn.spending.change, BrowserChange.addSession(made.session),
            BrowserDesk.forgetting(at: made.session.created),
        ]
        if let current { edit.transaction.changes.append(BrowserChange.endSession(current.id)) }
        let provider = Administrator.provider(signIn.provided.provider)
        if try await !administration.bring(person.id, into: signIn.groups, &edit, by: provider) {
            // No group changes: many may sign in at once.
            edit.transaction.bumps = []
        }
        do throws(RegistryError) {
            try await administration.commit(
                edit, "login.taken",
                [
                    "person": .string(person.id.raw), "session": .string(made.session.id.raw),
                    "provider": .string(signIn.provided.provider), "issuer": .string(login.issuer),
                ], by: provider)
        } catch {
            throw error.code == .exists ? .replayed : error
        }
        return made
    }

    /// Ends what a provider says is over.
    ///
    /// - Returns: false when the provider's word was brought before.
    public func end(
        _ sessions: ProvidedSessions, because provider: String, spending: SpentOnce, in organization: OrganizationID
    ) async throws(RegistryError) -> Bool {
        do throws(RegistryError) {
            try await administration.commit(
                Transaction(
                    changes: [spending.change, BrowserChange.endProvided(organization, sessions)],
                    leaves: [
                        try administration.leaf(
                            [
                                "change": "login.ended-by-provider",
                                "by": .string(Administrator.provider(provider).text), "provider": .string(provider),
                            ], in: organization)
                    ]))
            return true
        } catch {
            guard error.code == .exists else { throw error }
            return false
        }
    }

    /// The end of every session that a provider's word made, for the commit in which the provider goes.
    public func ending(issuer: String, in organization: OrganizationID) -> Transaction {
        Transaction(changes: [
            BrowserChange.endProvided(
                organization, ProvidedSessions(issuer: issuer, subject: nil, session: nil))
        ])
    }
}

extension RegistryError {
    fileprivate static let replayed = RegistryError(.refused, "this sign-in was taken already")
    fileprivate static let somebodyElses = RegistryError(.refused, "somebody else is signed in here")
}
