import Authority
import Broker
import Gate
import HTTPTypes
import Hummingbird
import Logging
import OpenID
import Registry
import Wire

/// A provider says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0 section 2.8).
extension PageServer {
    func hearLogout(_ request: Request, _ context: GatewayContext) async -> Response {
        let address = context.source(of: request)
        guard isOurName(request, context) else { return plain(.misdirectedRequest, "") }
        func notHeard(_ reason: String) -> Response {
            logoutTries.charge(address).map(tooManyLogouts) ?? unbelieved(reason)
        }
        do {
            guard let text = try await form(of: request, upTo: PageServer.longestOfStrangers)["logout_token"] else {
                throw PageRefusal.foreign
            }
            let token = try await logoutTries.look(at: address) {
                try await desks.signIn.logout(text, of: try await provider(context))
            }
            let isNew = try await desks.browsers.end(
                ProvidedSessions(issuer: token.issuer, subject: token.subject, session: token.session),
                because: context.parameters.get("name") ?? "", spending: SpentOnce(token), in: desks.signIn.organization
            )
            guard isNew else { return notHeard("it was brought before") }
            return Response(status: .ok)
        } catch let problem as SignInProblem {
            await desks.failures.note("logout-\(problem.word)")
            return notHeard(problem.message)
        } catch let error as RegistryError {
            log.error("a provider's logout wasn't carried out", metadata: ["error": "\(error)"])
            return plain(.serviceUnavailable, "")
        } catch {
            return notHeard("it isn't a logout of a provider that is known here")
        }
    }

    private func tooManyLogouts(_ seconds: Int) -> Response {
        var response = plain(.tooManyRequests, "")
        response.headers[.retryAfter] = "\(seconds)"
        return response
    }

    private func unbelieved(_ reason: String) -> Response {
        let body: JSON = ["error": "invalid_request", "error_description": .string(reason)]
        return Response(
            status: .badRequest, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: .init(bytes: body.bytes())))
    }
}

extension SpentOnce {
    init(_ token: LogoutToken) {
        self.init(
            digest: .sha256(of: Array("logout/\(token.issuer)\n\(token.id)".utf8)),
            until: Timestamp(microseconds: token.until * 1_000_000))
    }
}
