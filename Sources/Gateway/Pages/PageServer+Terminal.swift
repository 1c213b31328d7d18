import Authority
import Console
import HTTPTypes
import Hummingbird
import Registry
import Wire

/// What pages show, for a person in a terminal: the same sentences, made inert in the same way.
extension PageServer {
    func shown(_ view: ApprovalView) -> Response {
        json(
            [
                "title": .string(view.title), "effect": .string(view.effect),
                "destinations": .array(
                    view.destinations.map { ["text": .string($0.text), "outside": .bool($0.isOutside)] }),
                "account": .string(view.account), "agent": .string(view.agent), "requester": .string(view.requester),
                "behalf": view.behalf.map { .string($0) } ?? .null,
                "arguments": .array(
                    view.arguments.map { ["name": .string($0.name), "value": .string($0.value)] }),
                "findings": .array(view.findings.map { .string($0) }),
                "warning": view.seen.map { .string($0) } ?? .null, "others": view.others.map { .string($0) } ?? .null,
                "state": .string(view.state), "can_answer": .bool(view.canAnswer), "expires": .string(view.expires),
                "shown": .string(view.shown),
            ], .ok)
    }

    /// Who is signed in, and the token that their forms bring along.
    @Sendable func session(_ visit: Visit) async throws -> Response {
        guard visit.isForTerminal else { throw PageRefusal.notFound }
        return json(
            ["person": .string(visit.person.raw), "csrf": .string(visit.signedIn.session.csrf)], .ok)
    }

    func told(_ refusal: PageRefusal) -> Response {
        var error: JSONObject = [
            "code": "refused", "message": .string("\(refusal.title): \(Inert.text(refusal.text))"),
        ]
        if let wayOut = refusal.wayOut { error["hint"] = .string(wayOut) }
        return json(["error": .object(error)], refusal.status)
    }

    func json(_ value: JSON, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: .init(bytes: value.bytes())))
    }
}
