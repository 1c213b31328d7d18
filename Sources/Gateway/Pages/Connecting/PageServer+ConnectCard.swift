import Authority
import Broker
import Console
import Gate
import Hummingbird
import Registry
import Wire

/// One card with every account that an agent needs, before its first action.
extension PageServer {
    @Sendable func connectCard(_ visit: Visit) async throws -> Response {
        let view = try await usableAgent(visit)
        var rows: [ConnectCardView.Row] = []
        var isComplete = true
        for slot in view.definition.slots.sorted(by: { $0.provider < $1.provider }) {
            let (row, isDone) = try await row(slot, view, visit)
            rows.append(row)
            isComplete = isComplete && isDone
        }
        let agent = view.record.id
        return page(
            ConnectCardView(
                title: "What \(agent) needs", agent: agent.raw,
                path: "/connect/agent/\(PercentEncoding.encode(agent.raw))", rows: rows,
                isComplete: isComplete && !rows.isEmpty), visit, place: "connections")
    }

    @Sendable func openFromCard(_ visit: Visit) async throws -> Response {
        let view = try await usableAgent(visit)
        let provider = ProviderID(visit.form["provider"] ?? "")
        guard
            let path = await desks.guide.way(
                to: provider, for: view.record.id, by: visit.person, in: visit.organization
            ).path
        else { throw PageRefusal.notFound }
        return redirect(to: path)
    }

    /// Nothing for who may not use it, as where there is no such agent.
    private func usableAgent(_ visit: Visit) async throws -> AgentView {
        let usable = try await desks.guide.usable(by: visit.person, in: visit.organization)
        guard let view = usable.first(where: { $0.record.id == AgentID(visit.parameter) }) else {
            throw PageRefusal.notFound
        }
        return view
    }

    private func row(
        _ slot: Slot, _ view: AgentView, _ visit: Visit
    ) async throws -> (row: ConnectCardView.Row, isDone: Bool) {
        let desk = desks.guide.desk
        let service = Inert.text(desk.title(of: slot.provider))
        guard let aim = desks.guide.aim(of: slot, at: view, for: visit.person) else {
            return (othersRow(slot, service, view), true)
        }
        let needed = try await desks.guide.needed(for: aim)
        let need = SlotNeed(try await desk.current(aim), needed)
        let isSentThere = try await desk.service(at: slot.provider, in: visit.organization) != nil
        let row = ConnectCardView.Row(
            provider: slot.provider.raw, service: service, whose: aim.purpose, state: need.sentence,
            scopes: needed.sorted().map { Inert.text($0) }, action: isSentThere ? need.action : nil,
            keyPath: isSentThere || need.action == nil ? nil : aim.keyPath)
        return (row, need.action == nil)
    }

    private func othersRow(_ slot: Slot, _ service: String, _ view: AgentView) -> ConnectCardView.Row {
        let whose: String =
            switch slot.owner {
            case .agent: "It is \(view.record.id)'s own account, which \(view.definition.owner) connects."
            case .person: "It isn't used for you."
            }
        return ConnectCardView.Row(
            provider: slot.provider.raw, service: service, whose: whose, state: "Nothing for you to do.", scopes: [],
            action: nil, keyPath: nil)
    }
}

/// What a slot lacks of its owner.
private enum SlotNeed {
    case nothing(String)
    case connection
    case again(String)
    case permissions(String, missing: Int)
    case choice

    init(_ current: [ConnectionRecord], _ needed: Set<String>) {
        let healthy = current.filter { $0.health == .healthy }
        guard let row = healthy.first else {
            self = current.first.map { .again($0.shown) } ?? .connection
            return
        }
        let missing = needed.subtracting(row.scopes).count
        self =
            healthy.count > 1 ? .choice : missing > 0 ? .permissions(row.shown, missing: missing) : .nothing(row.shown)
    }

    var sentence: String {
        switch self {
        case .nothing(let account): "Connected as \(account)."
        case .connection: "Not connected yet."
        case .again(let account): "The service refuses the connection as \(account): connect it again."
        case .permissions(let account, let missing):
            "Connected as \(account), and \(missing) permission\(missing == 1 ? " is" : "s are") missing."
        case .choice: "Several accounts are connected."
        }
    }

    /// What the button says; nil where nothing is missing.
    var action: String? {
        switch self {
        case .nothing, .choice: nil
        case .connection: "Connect"
        case .again: "Connect again"
        case .permissions: "Add permissions"
        }
    }
}

extension ConnectionRecord {
    fileprivate var shown: String { Inert.text(email ?? accountName) }
}
