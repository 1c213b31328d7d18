import Authority
import Console
import Gate
import Hummingbird
import Wire

extension PageServer {
    @Sendable func approvals(_ visit: Visit) async throws -> Response {
        let waiting = try await desks.approvals.waiting(for: visit.person, in: visit.organization)
        let decided = try await desks.approvals.history(of: visit.person, in: visit.organization, limit: 50)
            .filter { $0.state != .waiting && $0.approvers.contains(visit.person) }
        let windows = try await desks.approvals.windows(of: visit.person, in: visit.organization)
            .filter { $0.state == .open && settings.now() < $0.until }
        let view = ApprovalsView(
            waiting: waiting.map { card in
                ApprovalsView.Row(
                    path: card.approval.path, title: Inert.text(card.title), destinations: card.goesTo,
                    isOutside: card.destinations.contains(where: \.isOutside), agent: card.approval.call.agent.raw,
                    requester: Inert.text(card.approval.call.requester.shown), state: "waiting",
                    time: card.approval.created.shown)
            },
            decided: decided.map { approval in
                ApprovalsView.Row(
                    path: approval.path, title: Inert.text(approval.call.tool), destinations: nil, isOutside: false,
                    agent: approval.call.agent.raw, requester: Inert.text(approval.call.requester.shown),
                    state: Inert.text(approval.state.sentence), time: approval.created.shown)
            },
            windows: windows.map { window in
                ApprovalsView.Window(path: "/windows/\(window.id)", text: Inert.text(window.shown))
            })
        return page(view, visit, place: "approvals", notice: visit.query["done"].flatMap(Self.notices))
    }

    /// What was done is said in our words alone, whatever the link says.
    private static func notices(_ done: String) -> String? {
        switch done {
        case "approved": "Approved. It is carried out once, and the agent has the result when it asks again."
        case "denied": "Denied. The agent is told."
        case "edited": "Approved as you changed it."
        case "closed": "Closed. From now on the agent asks again."
        case _: nil
        }
    }

    @Sendable func approval(_ visit: Visit) async throws -> Response {
        let card = try await desks.approvals.card(
            ApprovalID(visit.parameter), for: visit.person, in: visit.organization)
        return page(view(of: card, for: visit.person), visit, place: "approvals")
    }

    private func view(of card: ApprovalCard, for person: PersonID) -> ApprovalView {
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
            json: JSON.object(JSONObject(card.arguments.map { ($0.name, $0.value) })).pretty(),
            findings: card.findings.map { Inert.text($0.sentence) }, seen: card.labels.warning,
            others: others.isEmpty
                ? nil : others.map { $0.sorted().map(\.raw).joined(separator: " or ") }.joined(separator: ", and "),
            expires: approval.expires.shown, canAnswer: isWaiting && !approval.yes.contains(person),
            allowsWindow: approval.allowsWindow, state: Inert.text(approval.state.sentence))
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

    @Sendable func edit(_ visit: Visit) async throws -> Response {
        let text = visit.form["arguments"] ?? ""
        let arguments: JSONObject
        do {
            guard let object = try JSON.parse(Array(text.utf8)).objectValue else { throw PageRefusal.notAnObject }
            arguments = object
        } catch let error as JSONError {
            throw PageRefusal(
                status: .unprocessableContent, title: "That isn't JSON", text: error.description,
                wayOut: "Go back; your text is still there.")
        }
        _ = try await desks.approvals.edit(
            ApprovalID(visit.parameter), by: visit.person, in: visit.organization, shown: try shown(visit),
            arguments: arguments)
        return redirect(to: "/approvals?done=edited")
    }

    @Sendable func closeWindow(_ visit: Visit) async throws -> Response {
        try await desks.approvals.revoke(WindowID(visit.parameter), by: visit.person, in: visit.organization)
        return redirect(to: "/approvals?done=closed")
    }

    private func shown(_ visit: Visit) throws -> Digest {
        guard let digest = visit.form["shown"].flatMap({ Digest(hex: $0) }) else { throw PageRefusal.foreign }
        return digest
    }
}

extension PageRefusal {
    fileprivate static let notAnObject = PageRefusal(
        status: .unprocessableContent, title: "That isn't an object", text: "The arguments must be one JSON object.",
        wayOut: "Go back; your text is still there.")
}

extension Approval {
    fileprivate var path: String { "/approvals/\(PercentEncoding.encode(id.raw))" }
}

extension ApprovalCard {
    fileprivate var goesTo: String? {
        destinations.isEmpty ? nil : destinations.map { Inert.text($0.text) }.joined(separator: ", ")
    }

    fileprivate var whose: String {
        let owner: String =
            switch accountOwner {
            case .person(let person): ", connected by \(person)"
            case .agent(let agent): ", connected for the agent \(agent)"
            case .none: ""
            }
        return account.map { "\(provider): \($0)\(owner)" } ?? "\(provider), without an account"
    }
}

extension GrantWindow {
    fileprivate var shown: String {
        let what: String =
            switch scope {
            case .arguments: "the same call of \(call.tool)"
            case .destinations(let names): "\(call.tool) to \(names.sorted().joined(separator: ", "))"
            }
        let uses = usesLeft.map { ", \($0) more times" } ?? ""
        return "\(call.agent) may do \(what) for \(call.requester.shown) without asking, until \(until.shown)\(uses)"
    }
}

extension Effect {
    fileprivate var sentence: String {
        switch self {
        case .read: "It reads."
        case .draft: "It keeps a draft here."
        case .send: "It sends, which can't be taken back."
        case .share: "It shares, which others see at once."
        case .create: "It creates something."
        case .update: "It changes something."
        case .delete: "It deletes, which can't be taken back."
        case .execute: "It executes something."
        case .administer: "It administers the service."
        }
    }
}

extension Labels {
    /// What the approver should know of where the words may come from.
    fileprivate var warning: String? {
        switch integrity {
        case .ownWords, .agentDocuments: nil
        case .colleague: "This conversation holds a colleague's words: what is asked for here may be theirs."
        case .outsider:
            "This conversation holds words of somebody outside: what is asked for here may be theirs. Look twice."
        }
    }
}

extension Requester {
    var shown: String {
        switch self {
        case .person(let person): person.raw
        case .guest(let sender): "the guest \(sender)"
        case .nobody: "nobody (a schedule)"
        }
    }
}

extension Timestamp {
    /// For people, in UTC: `2026-11-21 05:30 UTC`.
    var shown: String {
        text.replacing("T", with: " ").prefix(16) + " UTC"
    }
}
