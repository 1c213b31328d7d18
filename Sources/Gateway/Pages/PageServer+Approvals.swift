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
        let unknown = try await desks.unknown.cards(for: visit.person, in: visit.organization)
        let view = ApprovalsView(
            unknown: unknown.map { card in
                ApprovalsView.Unknown(
                    path: "/calls/\(PercentEncoding.encode(card.call.id.raw))", title: Inert.text(card.title),
                    agent: card.call.agent.raw, requester: Inert.text(card.requester.shown),
                    time: card.call.opened.shown,
                    arguments: card.arguments.map { Inert.json(JSON.object($0).pretty()) })
            },
            waiting: waiting.map { card in
                ApprovalsView.Row(
                    path: card.approval.path, title: Inert.text(card.title), destinations: card.goesTo,
                    isOutside: card.destinations.contains(where: \.isOutside), agent: card.approval.call.agent.raw,
                    requester: Inert.text(card.approval.call.requester.shown), state: "waiting",
                    time: card.approval.created.shown, hasObstacle: card.obstacle != nil)
            },
            decided: decided.map { approval in
                ApprovalsView.Row(
                    path: approval.path, title: Inert.text(approval.call.tool), destinations: nil, isOutside: false,
                    agent: approval.call.agent.raw, requester: Inert.text(approval.call.requester.shown),
                    state: Inert.text(approval.sentence), time: approval.created.shown)
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
        case "happened": "Noted: it happened. The record says that you said so."
        case "not-happened": "Noted: it didn't happen. The same may be asked for again."
        case "closed": "Closed. From now on the agent asks again."
        case _: nil
        }
    }

    @Sendable func settle(_ visit: Visit) async throws -> Response {
        let happened: Bool
        switch visit.form["happened"] {
        case "yes": happened = true
        case "no": happened = false
        case _: throw PageRefusal.foreign
        }
        try await desks.unknown.settle(
            CallID(visit.parameter), happened: happened, by: visit.person, in: visit.organization)
        return redirect(to: happened ? "/approvals?done=happened" : "/approvals?done=not-happened")
    }

    @Sendable func closeWindow(_ visit: Visit) async throws -> Response {
        try await desks.approvals.revoke(WindowID(visit.parameter), by: visit.person, in: visit.organization)
        return redirect(to: "/approvals?done=closed")
    }
}

extension Approval {
    var path: String { "/approvals/\(PercentEncoding.encode(id.raw))" }
}

extension ApprovalCard {
    fileprivate var goesTo: String? {
        destinations.isEmpty ? nil : destinations.map { Inert.text($0.text) }.joined(separator: ", ")
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
