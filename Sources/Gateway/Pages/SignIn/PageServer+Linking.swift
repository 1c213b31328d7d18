import Authority
import Broker
import Console
import Gate
import HTTPTypes
import Hummingbird
import OpenID
import Registry
import Turns
import Wire

/// A person who is signed in links a login of theirs, and unlinks it.
extension PageServer {
    /// What our own page puts on its link to a provider. It is made of the session's form token, which it doesn't give away.
    func linkProof(_ signedIn: SignedIn) -> String {
        Digest.sha256(of: Array("link a login\n\(signedIn.session.csrf)".utf8)).hex
    }

    /// Shows whose login it is before anything is linked: a browser may be signed in at the provider as somebody else.
    func confirm(_ done: CompletedSignIn, _ session: String, _ current: SignedIn?) async throws -> Response {
        guard let current, current.session.id.raw == session else { throw SignInProblem.stale }
        let senders = try await settings.vouched(done.token)
        let view = LinkLoginView(
            provider: done.provider.name, name: done.token.name.map { Inert.text($0) },
            email: done.token.email.map { Inert.text($0) }, subject: Inert.text(done.token.subject),
            senders: senders.map { Inert.text($0.raw) }, person: Inert.text(current.person.name),
            proof: try desks.signIn.proof(of: done, being: senders, for: session))
        var response = page(view, current, place: "browsers")
        response.headers.append(ticketCookie(nil))
        return response
    }

    @Sendable func linkLogin(_ visit: Visit) async throws -> Response {
        guard
            let proved = desks.signIn.proved(visit.form["proof"] ?? "", for: visit.signedIn.session.id.raw)
        else { throw PageRefusal.foreign }
        try await desks.logins.link(
            Login(issuer: proved.issuer, subject: proved.subject), to: visit.person, by: .person(visit.person),
            in: visit.organization, spending: SpentOnce(digest: proved.digest, until: proved.until))
        try await desks.senders.claim(proved.senders, as: visit.person, in: visit.organization)
        return redirect(to: "/browsers?done=linked")
    }

    @Sendable func unlinkLogin(_ visit: Visit) async throws -> Response {
        let login = Login(issuer: visit.form["issuer"] ?? "", subject: visit.form["subject"] ?? "")
        let own = try await desks.logins.logins(in: visit.organization)
        guard own.contains(where: { $0.login == login && $0.person == visit.person }) else {
            throw PageRefusal.notFound
        }
        try await desks.logins.unlink(login, by: .person(visit.person), in: visit.organization)
        return redirect(to: "/browsers?done=unlinked")
    }
}
