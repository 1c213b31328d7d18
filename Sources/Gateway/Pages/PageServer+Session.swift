import Authority
import Broker
import Console
import Gate
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Registry
import Wire

/// A request of somebody who is signed in.
struct Visit {
    let signedIn: SignedIn
    let parameter: String
    let query: [String: String]
    /// Of a POST; empty for a GET.
    let form: [String: String]

    var person: PersonID { signedIn.session.person }
    var organization: OrganizationID { signedIn.session.organization }
}

typealias PageHandler = @Sendable (Visit) async throws -> Response

/// A refusal as a page, with its way out.
struct PageRefusal: Error {
    let status: HTTPResponse.Status
    let title: String
    let text: String
    var wayOut: String?

    static let notFound = PageRefusal(
        status: .notFound, title: "There is nothing here for you",
        text: "Either this page doesn't exist, or it is somebody else's.",
        wayOut: "If you came by a link, sign in as the person whom it was sent to.")
    static let foreign = PageRefusal(
        status: .forbidden, title: "That didn't come from our page",
        text: "The form was sent from elsewhere, or its page was open too long. Nothing was done.",
        wayOut: "Open the page again and repeat it.")
}

extension PageServer {
    func get(_ path: String, _ router: Router<GatewayContext>, _ handler: @escaping PageHandler) {
        router.get("\(path)") { request, context in
            await respond(to: request, context) { signedIn in
                try await handler(
                    Visit(
                        signedIn: signedIn, parameter: parameter(context), query: query(request), form: [:]))
            }
        }
    }

    func post(_ path: String, _ router: Router<GatewayContext>, _ handler: @escaping PageHandler) {
        router.post("\(path)") { request, context in
            await respond(to: request, context) { signedIn in
                let form = try await form(of: request)
                guard isFromOurPage(request), isEqual(form["csrf"] ?? "", signedIn.session.csrf) else {
                    throw PageRefusal.foreign
                }
                return try await handler(
                    Visit(signedIn: signedIn, parameter: parameter(context), query: query(request), form: form))
            }
        }
    }

    /// Finds out who is signed in, and answers; who isn't is told how to.
    private func respond(
        to request: Request, _ context: GatewayContext, _ answer: (SignedIn) async throws -> Response
    ) async -> Response {
        guard isOurName(request, context) else {
            return safe(plain(.misdirectedRequest, "this server doesn't go by that host name"))
        }
        do {
            guard let secret = cookie(of: request), let signedIn = try await desks.browsers.signedIn(secret) else {
                return safe(signedOut())
            }
            var response: Response
            do {
                response = try await answer(signedIn)
            } catch {
                response = refused(error, signedIn)
            }
            if let next = signedIn.newSecret { response.headers.append(setCookie(next)) }
            return safe(response)
        } catch {
            log.error("page failed", metadata: ["error": "\(error)"])
            return safe(refused(error, nil))
        }
    }

    func page<View: PageView>(
        _ view: View, _ visit: Visit, place: String, notice: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        html(
            pages.render(
                view,
                in: Frame(
                    person: visit.signedIn.person.name, organization: visit.organization.raw,
                    csrf: visit.signedIn.session.csrf, place: place, notice: notice)), status)
    }

    func html(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    func redirect(to path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }

    private func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(status: status, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private func signedOut() -> Response {
        html(
            pages.render(
                MessageView(
                    title: "You aren't signed in", text: "This page is for a person in their own browser session.",
                    wayOut: "Ask your administrator for a one-time link: deputy login NAME"), in: .nobody),
            .unauthorized)
    }

    func nothing() -> Response {
        let refusal = PageRefusal.notFound
        return html(
            pages.render(MessageView(title: refusal.title, text: refusal.text, wayOut: refusal.wayOut), in: .nobody),
            refusal.status)
    }

    private func refused(_ error: any Error, _ signedIn: SignedIn?) -> Response {
        let refusal: PageRefusal =
            switch error {
            case let error as PageRefusal: error
            case let error as ApprovalError: PageRefusal(error)
            case let error as RegistryError: PageRefusal(error.message, error.hint, isThere: error.code != .unknown)
            case let error as BrokerError: PageRefusal(error.message, error.hint, isThere: error.code != .unknown)
            default:
                PageRefusal(
                    status: .serviceUnavailable, title: "That doesn't work now", text: "Nothing was done.",
                    wayOut: "Try again in a moment.")
            }
        let frame = signedIn.map {
            Frame(
                person: $0.person.name, organization: $0.session.organization.raw, csrf: $0.session.csrf, place: "none")
        }
        return html(
            pages.render(
                MessageView(title: refusal.title, text: Inert.text(refusal.text), wayOut: refusal.wayOut),
                in: frame ?? .nobody), refusal.status)
    }

    private func parameter(_ context: GatewayContext) -> String {
        context.parameters.get("id").flatMap(PercentEncoding.decode) ?? ""
    }

    private func query(_ request: Request) -> [String: String] {
        Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Frame {
    static let nobody = Frame(person: nil, organization: nil, csrf: nil, place: "none")
}

extension PageRefusal {
    init(_ text: String, _ hint: String?, isThere: Bool) {
        self.init(
            status: isThere ? .unprocessableContent : .notFound,
            title: isThere ? "That didn't work" : "There is nothing here for you", text: text, wayOut: hint)
    }

    init(_ error: ApprovalError) {
        switch error {
        case .unknown: self = .notFound
        case .decided, .changed, .void, .notEntitled, .noWindow, .invalid, .refused, .tooManyAsks:
            self.init(status: .conflict, title: "That wasn't taken", text: error.message)
        case .unavailable:
            self.init(status: .serviceUnavailable, title: "That doesn't work now", text: error.message)
        }
    }
}
