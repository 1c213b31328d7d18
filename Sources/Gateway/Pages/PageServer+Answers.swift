import Authority
import Broker
import Console
import Gate
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import Turns

/// Answers, as pages.
extension PageServer {
    func page<View: PageView>(
        _ view: View, _ visit: Visit, place: String, notice: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        html(pages.render(view, in: frame(of: visit.signedIn, place: place, notice: notice)), status)
    }

    func page<View: PageView>(_ view: View, _ signedIn: SignedIn, place: String) -> Response {
        html(pages.render(view, in: frame(of: signedIn, place: place)), .ok)
    }

    func frame(of signedIn: SignedIn, place: String, notice: String? = nil) -> Frame {
        Frame(
            person: Inert.text(signedIn.person.name), organization: signedIn.session.organization.raw,
            csrf: signedIn.session.csrf, place: place, notice: notice)
    }

    func html(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    func redirect(to path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }

    func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(status: status, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// For somebody of whom nothing is known.
    func refused(_ refusal: PageRefusal) -> Response { refused(refusal, nil) }

    func refusal(for error: any Error) -> PageRefusal {
        switch error {
        case let error as PageRefusal: error
        case let error as ApprovalError: PageRefusal(error)
        case let error as RegistryError: PageRefusal(error)
        case let error as BodyError: PageRefusal(error)
        case let error as BrokerError: PageRefusal(error)
        case let error as TurnsError: PageRefusal(error)
        default:
            PageRefusal(
                status: .serviceUnavailable, title: "That doesn't work now", text: "Nothing was done.",
                wayOut: "Try again in a moment.")
        }
    }

    func refused(_ error: any Error, _ signedIn: SignedIn?) -> Response {
        let refusal = refusal(for: error)
        let view = MessageView(
            title: refusal.title, text: Inert.text(refusal.text), wayOut: refusal.wayOut.map { Inert.text($0) },
            link: refusal.link)
        var response = html(
            pages.render(view, in: signedIn.map { frame(of: $0, place: "none") } ?? .nobody), refusal.status)
        if let seconds = refusal.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }
}

extension Frame {
    static let nobody = Frame(person: nil, organization: nil, csrf: nil, place: "none")
}
