import Authority
import Console
import Gate
import HTTPTypes
import Hummingbird
import Wire

/// One approval, and the answers to it.
extension PageServer {
    @Sendable func approval(_ visit: Visit) async throws -> Response {
        let card = try await desks.approvals.card(
            ApprovalID(visit.parameter), for: visit.person, in: visit.organization)
        let view = view(of: card, for: visit.person, obstacle: await obstacle(to: card, visit))
        return visit.isForTerminal ? shown(view) : page(view, visit, place: "approvals")
    }

    /// Why it can't be approved now, in words.
    func obstacle(to card: ApprovalCard, _ visit: Visit) async -> String? {
        switch card.obstacle {
        case nil: nil
        case .toolMissing: await desks.servers.absence(of: card.approval.call.tool, in: visit.organization)
        case .notPossible: "the agent can't make this call any more"
        }
    }

    private func view(
        of card: ApprovalCard, for person: PersonID, obstacle: String?, written: String? = nil, problem: String? = nil
    ) -> ApprovalView {
        let approval = card.approval
        let isWaiting = approval.state == .waiting && settings.now() < approval.expires
        let others = approval.needs.filter { $0.isDisjoint(with: [person]) && $0.isDisjoint(with: approval.yes) }
        return ApprovalView(
            title: Inert.text(card.title), path: approval.path, shown: approval.digest.hex,
            effect: card.approval.call.effect.sentence,
            destinations: card.destinations.map { .init(text: Inert.text($0.text), isOutside: $0.isOutside) },
            account: Inert.text(card.whose),
            agent: approval.call.agent.raw + (card.actsAs.map { " (\($0.rawValue))" } ?? ""),
            requester: Inert.text(approval.call.requester.shown), behalf: approval.call.principal?.raw,
            arguments: card.arguments.map { argument in
                ApprovalView.Argument(
                    name: Inert.text(argument.name), role: argument.role?.rawValue ?? "no role",
                    value: Inert.text(argument.value.stringValue ?? argument.value.text, keepsLines: true))
            },
            json: Inert.json(written ?? JSON.object(JSONObject(card.arguments.map { ($0.name, $0.value) })).pretty()),
            findings: card.findings.map { Inert.text($0.sentence) }, seen: card.labels.warning,
            others: others.isEmpty
                ? nil : others.map { $0.sorted().map(\.raw).joined(separator: " or ") }.joined(separator: ", and "),
            expires: approval.expires.shown, canAnswer: isWaiting && !approval.yes.contains(person),
            obstacle: obstacle, allowsWindow: approval.allowsWindow, state: Inert.text(approval.sentence),
            problem: problem.map { Inert.text($0) })
    }

    @Sendable func approve(_ visit: Visit) async throws -> Response {
        let window: WindowRequest? =
            switch visit.form["window"].flatMap(WindowRequest.Scope.init(rawValue:)) {
            case .none: nil
            case .arguments: WindowRequest(scope: .arguments, uses: 10, seconds: 86_400)
            case .destinations: WindowRequest(scope: .destinations, uses: nil, seconds: 3_600)
            }
        try await desks.approvals.approve(
            ApprovalID(visit.parameter), by: visit.person, in: visit.organization, shown: try shown(visit),
            window: window)
        return redirect(to: "/approvals?done=approved")
    }

    @Sendable func deny(_ visit: Visit) async throws -> Response {
        try await desks.approvals.deny(
            ApprovalID(visit.parameter), by: visit.person, in: visit.organization, shown: try shown(visit),
            reason: visit.form["reason"] ?? "")
        return redirect(to: "/approvals?done=denied")
    }

    /// Whoever's change isn't taken has their text again, with the reason.
    @Sendable func edit(_ visit: Visit) async throws -> Response {
        let (id, digest) = (ApprovalID(visit.parameter), try shown(visit))
        let text = (visit.form["arguments"] ?? "").replacing("\r\n", with: "\n")
        let problem: EditProblem
        do {
            let arguments = try EditProblem.arguments(text)
            _ = try await desks.approvals.edit(
                id, by: visit.person, in: visit.organization, shown: digest, arguments: arguments)
            return redirect(to: "/approvals?done=edited")
        } catch let error as EditProblem {
            problem = error
        } catch let error as ApprovalError {
            problem = try EditProblem(error)
        }
        let card = try await desks.approvals.card(id, for: visit.person, in: visit.organization)
        return page(
            view(
                of: card, for: visit.person, obstacle: await obstacle(to: card, visit), written: text,
                problem: problem.message), visit, place: "approvals",
            status: problem.status)
    }

    private func shown(_ visit: Visit) throws -> Digest {
        guard let digest = visit.form["shown"].flatMap({ Digest(hex: $0) }) else { throw PageRefusal.foreign }
        return digest
    }
}

/// Why a change isn't taken.
private struct EditProblem: Error {
    let status: HTTPResponse.Status
    let message: String

    static func arguments(_ text: String) throws -> JSONObject {
        let value: JSON
        do {
            value = try JSON.parse(Array(text.utf8))
        } catch {
            throw EditProblem(status: .unprocessableContent, message: "That isn't JSON: \(error.description).")
        }
        guard let object = value.objectValue else {
            throw EditProblem(status: .unprocessableContent, message: "The arguments must be one JSON object.")
        }
        return object
    }

    init(status: HTTPResponse.Status, message: String) {
        self.status = status
        self.message = message
    }

    /// - Throws: what a person who may not see the approval is told, which is nothing of it.
    init(_ error: ApprovalError) throws(ApprovalError) {
        switch error {
        case .unknown: throw error
        case .invalid: status = .unprocessableContent
        case .decided, .changed, .void, .notEntitled, .noWindow, .refused, .tooManyAsks: status = .conflict
        case .unavailable: status = .serviceUnavailable
        }
        message = "That wasn't taken: \(error.message)."
    }
}

extension ApprovalCard {
    fileprivate var whose: String {
        let owner: String =
            switch accountOwner {
            case .person(let person): ", connected by \(person)"
            case .agent(let agent): ", connected for the agent \(agent)"
            case .organization: ", the organization's own"
            case .none: ""
            }
        return account.map { "\(provider): \($0)\(owner)" } ?? "\(provider), without an account"
    }
}

extension Labels {
    /// What the approver should know of where the words may come from.
    var warning: String? {
        switch integrity {
        case .ownWords, .agentDocuments: nil
        case .colleague: "This conversation holds a colleague's words: what is asked for here may be theirs."
        case .outsider:
            "This conversation holds words of somebody outside: what is asked for here may be theirs. Look twice."
        }
    }
}
