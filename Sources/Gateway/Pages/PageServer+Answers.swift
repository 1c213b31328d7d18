import Authority
import Broker
import Console
import Gate
import HTTPTypes
import Hummingbird
import NIOCore
import Registry

/// Answers, as pages.
extension PageServer {
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

    func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(status: status, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// For somebody of whom nothing is known.
    func refused(_ refusal: PageRefusal) -> Response {
        html(
            pages.render(MessageView(title: refusal.title, text: refusal.text, wayOut: refusal.wayOut), in: .nobody),
            refusal.status)
    }

    func refusal(for error: any Error) -> PageRefusal {
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
    }

    func refused(_ error: any Error, _ signedIn: SignedIn?) -> Response {
        let refusal = refusal(for: error)
        let frame = signedIn.map {
            Frame(
                person: $0.person.name, organization: $0.session.organization.raw, csrf: $0.session.csrf, place: "none")
        }
        return html(
            pages.render(
                MessageView(title: refusal.title, text: Inert.text(refusal.text), wayOut: refusal.wayOut),
                in: frame ?? .nobody), refusal.status)
    }
}

extension Frame {
    static let nobody = Frame(person: nil, organization: nil, csrf: nil, place: "none")
}
