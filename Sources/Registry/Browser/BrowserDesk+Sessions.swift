public import Authority
import Gate
import Wire

/// Somebody who is signed in, in this browser, now.
public struct SignedIn: Sendable {
    public let session: BrowserSession
    public let person: PersonRecord
    /// The cookie's new secret, when it was rotated just now.
    public let newSecret: String?
}

/// Sessions: who is signed in, and signing out.
extension BrowserDesk {
    /// Who this cookie belongs to; nil when it is unknown, too old, or its person is gone. The secret changes every hour.
    public func signedIn(_ secret: String) async throws(RegistryError) -> SignedIn? {
        guard secret.hasPrefix(BrowserDesk.cookiePrefix), secret.utf8.count < 100 else { return nil }
        let digest = BrowserDesk.hash(secret)
        let now = administration.world.now()
        guard let session = try await administration.read({ try await browsers.browserSession(digest) }),
            session.isAlive(at: now), session.isKnown(digest, at: now),
            let person = try await administration.read({
                try await administration.store.person(session.person, in: session.organization)
            }), person.standing == .active
        else { return nil }
        guard digest == session.hash, now > session.rotated.adding(seconds: BrowserSession.rotationSeconds) else {
            if now > session.lastSeen.adding(seconds: BrowserSession.touchSeconds) {
                try? await replace(session, with: session.seen(at: now))
            }
            return SignedIn(session: session, person: person, newSecret: nil)
        }
        let next = BrowserDesk.cookiePrefix + Base64.encodeURL(randomBytes(32))
        let rotated = session.rotated(to: BrowserDesk.hash(next), at: now)
        do {
            try await replace(session, with: rotated)
            return SignedIn(session: rotated, person: person, newSecret: next)
        } catch {
            // Another tab was first: its cookie counts, and this one's secret is good for a moment longer.
            return SignedIn(session: session, person: person, newSecret: nil)
        }
    }

    /// Whether a session that was good a moment ago still is, and its person active. Nothing is rotated by it.
    public func isSignedIn(_ session: BrowserSession) async throws(RegistryError) -> Bool {
        let person = try await administration.read {
            try await administration.store.person(session.person, in: session.organization)
        }
        guard person?.standing == .active else { return false }
        return try await sessions(of: session.person, in: session.organization).contains { $0.id == session.id }
    }

    public func sessions(
        of person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [BrowserSession] {
        let now = administration.world.now()
        return try await administration.read { try await browsers.browserSessions(of: person, in: organization) }
            .filter { $0.isAlive(at: now) }
    }

    public func signOut(_ session: BrowserSession) async throws(RegistryError) {
        try await end(.endSession(session.id), "login.ended", session)
    }

    public func signOutEverywhere(_ session: BrowserSession) async throws(RegistryError) {
        try await end(.endAll(session.organization, session.person), "login.ended-everywhere", session)
    }

    private func end(_ change: BrowserChange, _ what: String, _ session: BrowserSession) async throws(RegistryError) {
        let leaf: PlacedLeaf
        do throws(CommitError) {
            leaf = try signing(what, session)
        } catch {
            throw RegistryError(error)
        }
        try await administration.commit(Transaction(changes: [change], leaves: [leaf]))
    }

    private func replace(_ old: BrowserSession, with new: BrowserSession) async throws(RegistryError) {
        try await administration.commit(Transaction(changes: [BrowserChange.replaceSession(new, from: old.hash)]))
    }
}
