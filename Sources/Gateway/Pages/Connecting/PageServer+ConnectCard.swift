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
        let questions = try await chooser(visit).questions(for: visit.person).filter { $0.agent == view.record.id }
        var rows: [ConnectCardView.Row] = []
        var isComplete = true
        for slot in view.definition.slots.sorted(by: { $0.provider < $1.provider }) {
            let (row, isDone) = try await row(slot, view, visit, questions)
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
        _ slot: Slot, _ view: AgentView, _ visit: Visit, _ questions: [AccountChooser.Question]
    ) async throws -> (row: ConnectCardView.Row, isDone: Bool) {
        let desk = desks.guide.desk
        let service = Inert.text(desk.title(of: slot.provider))
        guard let aim = desks.guide.aim(of: slot, at: view, for: visit.person) else {
            return (othersRow(slot, service, view), true)
        }
        let needed = try await desks.guide.needed(for: aim)
        let question = questions.first { $0.provider == aim.provider && $0.owner == aim.owner }
        let need = question.map { SlotNeed($0, needed) } ?? .connection
        let isSentThere = try await desk.service(for: aim) != nil
        let row = ConnectCardView.Row(
            provider: slot.provider.raw, service: service, whose: aim.purpose, state: need.sentence,
            scopes: needed.sorted().map { Inert.text($0) }, action: isSentThere ? need.action : nil,
            keyPath: isSentThere || need.action == nil ? nil : aim.keyPath,
            choicePath: question.flatMap { $0.isOpen ? $0.path : nil }, isChosen: question?.inUse != nil)
        return (row, need.isMet)
    }

    private func othersRow(_ slot: Slot, _ service: String, _ view: AgentView) -> ConnectCardView.Row {
        let whose: String =
            switch slot.owner {
            case .agent: "It is \(view.record.id)'s own account, which \(view.definition.owner) connects."
            case .person: "It isn't used for you."
            }
        return ConnectCardView.Row(
            provider: slot.provider.raw, service: service, whose: whose, state: "Nothing for you to do.", scopes: [],
            action: nil, keyPath: nil, choicePath: nil, isChosen: false)
    }
}

/// What a slot lacks of its owner.
private enum SlotNeed {
    case nothing(String)
    case connection
    case again(String)
    case permissions(String, missing: Int)
    /// Several, or one where another was chosen.
    case choice(Int)

    init(_ row: ConnectionRecord?, _ needed: Set<String>) {
        guard let row else {
            self = .connection
            return
        }
        guard row.health == .healthy else {
            self = .again(row.shown)
            return
        }
        let missing = needed.subtracting(row.scopes).count
        self = missing > 0 ? .permissions(row.shown, missing: missing) : .nothing(row.shown)
    }

    /// Of several accounts only the chosen one counts.
    init(_ question: AccountChooser.Question, _ needed: Set<String>) {
        let accounts = question.accounts
        let healthy = accounts.filter { $0.health == .healthy }
        let isSeveral = healthy.count > 1 || Set(accounts.map(\.account)).count > 1
        if let inUse = question.inUse {
            self.init(inUse, needed)
        } else if question.chosen != nil || isSeveral {
            self = accounts.isEmpty ? .connection : .choice(accounts.count)
        } else {
            self.init(healthy.first ?? accounts.first, needed)
        }
    }

    var sentence: String {
        switch self {
        case .nothing(let account): "Connected as \(account)."
        case .connection: "Not connected yet."
        case .again(let account): "The service refuses the connection as \(account): connect it again."
        case .permissions(let account, let missing):
            "Connected as \(account), and \(missing) permission\(missing == 1 ? " is" : "s are") missing."
        case .choice(1): "An account is connected, and another one was chosen that is gone."
        case .choice(let count): "\(count) accounts are connected. Until one is chosen, none is used."
        }
    }

    var isMet: Bool {
        switch self {
        case .nothing: true
        case .connection, .again, .permissions, .choice: false
        }
    }

    /// What the button says; nil where going to the service changes nothing.
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
