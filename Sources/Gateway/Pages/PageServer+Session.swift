import Authority
import Hummingbird
import Logging
import Registry
import Turns
import Wire

/// A request of somebody who is signed in.
struct Visit {
    let signedIn: SignedIn
    let parameter: String
    let query: [String: String]
    /// Of a POST; empty for a GET.
    let form: [String: String]
    /// What came with the form.
    var files: [InboundFile] = []
    /// Whoever asks shows the answer in a terminal and wants it as JSON. What may be seen and done is the same.
    let isForTerminal: Bool

    var visitor: Visitor { Visitor(signedIn) }
    var person: PersonID { signedIn.session.person }
    var organization: OrganizationID { signedIn.session.organization }
}

/// Whose visits are counted.
struct Visitor: Hashable {
    let organization: OrganizationID
    let person: PersonID

    init(organization: OrganizationID, person: PersonID) {
        (self.organization, self.person) = (organization, person)
    }

    init(_ signedIn: SignedIn) {
        self.init(organization: signedIn.session.organization, person: signedIn.session.person)
    }

    /// Whoever holds a program's token.
    init(_ client: AuthenticatedClient) {
        self.init(organization: client.organization, person: client.person)
    }
}

extension PageRefusal {
    /// Leads back to the page that was asked for, where it was one to look at.
    static func signedOut(wanting request: Request) -> PageRefusal {
        var refusal = PageRefusal.signedOut
        if request.method == .get, let next = LocalPath(request.uri.string) {
            refusal.link = "/sign-in?next=\(PercentEncoding.encode(next.text))"
        }
        return refusal
    }
}

typealias PageHandler = @Sendable (Visit) async throws -> Response

extension PageServer {
    func get(_ path: String, _ router: Router<GatewayContext>, _ handler: @escaping PageHandler) {
        router.get("\(path)") { request, context in
            await respond(to: request, context) { signedIn in
                try await handler(
                    Visit(
                        signedIn: signedIn, parameter: parameter(context), query: query(request), form: [:],
                        isForTerminal: isForTerminal(request)))
            }
        }
    }

    func post(
        _ path: String, _ router: Router<GatewayContext>, takesFiles: Bool = false, _ handler: @escaping PageHandler
    ) {
        router.post("\(path)") { request, context in
            await respond(to: request, context) { signedIn in
                let (form, files) =
                    takesFiles
                    ? try await formWithFiles(of: request, by: Visitor(signedIn)) : (try await form(of: request), [])
                guard isFromOurPage(request), isEqual(form["csrf"] ?? "", signedIn.session.csrf) else {
                    throw PageRefusal.foreign
                }
                return try await handler(
                    Visit(
                        signedIn: signedIn, parameter: parameter(context), query: query(request), form: form,
                        files: files, isForTerminal: isForTerminal(request)))
            }
        }
    }

    /// Finds out who is signed in, and answers; who isn't is told how to, or led to `next`.
    func respond(
        to request: Request, _ context: GatewayContext, signingInBy next: String? = nil,
        _ answer: (SignedIn) async throws -> Response
    ) async -> Response {
        guard isOurName(request, context) else {
            return safe(plain(.misdirectedRequest, "this server doesn't go by that host name"))
        }
        do {
            guard let secret = cookie(of: request), let signedIn = try await desks.browsers.signedIn(secret) else {
                if let next { return safe(redirect(to: next)) }
                return safe(isForTerminal(request) ? told(.signedOut) : refused(.signedOut(wanting: request)))
            }
            var response: Response
            do {
                try take(1, of: signedIn)
                response = try await answer(signedIn)
            } catch {
                response = isForTerminal(request) ? told(refusal(for: error)) : refused(error, signedIn)
            }
            if let next = signedIn.newSecret { response.headers.append(setCookie(next)) }
            return safe(response)
        } catch {
            log.error("page failed", metadata: ["error": "\(error)"])
            return safe(refused(error, nil))
        }
    }

    private func isForTerminal(_ request: Request) -> Bool { request.headers[.accept] == "application/json" }

    /// Pages cost work, some of them much: one person's don't take it from the others.
    func take(_ count: Int, of signedIn: SignedIn) throws(PageRefusal) {
        let session = signedIn.session
        if let wait = visits.take(count, of: Visitor(organization: session.organization, person: session.person)) {
            throw .tooMany("You opened more pages than anybody reads.", wait: wait)
        }
    }

    private func parameter(_ context: GatewayContext) -> String {
        context.parameters.get("id").flatMap(PercentEncoding.decode) ?? ""
    }

    func query(_ request: Request) -> [String: String] {
        Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first })
    }
}
