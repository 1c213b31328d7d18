import Authority
import Broker
import Console
import Hummingbird
import Registry
import Wire

/// Which of several accounts an agent uses, said by the person whose they are, or by the owner of the agent whose they are.
extension PageServer {
    @Sendable func account(_ visit: Visit) async throws -> Response {
        let question = try await question(visit, at: visit.query["provider"] ?? "")
        let notice =
            switch visit.query["done"] {
            case "chosen": "Chosen. The next call uses it."
            case "taken-back": "Taken back."
            case .some, .none: String?.none
            }
        return page(view(of: question), visit, place: "connections", notice: notice)
    }

    @Sendable func chooseAccount(_ visit: Visit) async throws -> Response {
        let question = try await question(visit, at: visit.form["provider"] ?? "")
        let by = Administrator.person(visit.person)
        let id = visit.form["connection"] ?? ""
        if id.isEmpty {
            try await desks.connections.takeBackChoice(
                of: question.owner, at: question.provider, for: question.agent, by: by.text, in: visit.organization)
            return redirect(to: "\(question.path)&done=taken-back")
        }
        guard visit.form["shown"] == question.shown.hex,
            let row = question.accounts.first(where: { $0.id.raw == id })
        else { throw BrokerError.otherThanShown }
        _ = try await chooser(visit).choose(
            row.id, of: question.owner, for: question.agent, shown: row.account, by: by)
        return redirect(to: "\(question.path)&done=chosen")
    }

    /// Those that a person's page of connections names.
    func openQuestions(_ visit: Visit) async throws -> [ConnectionsView.Question] {
        try await chooser(visit).questions(for: visit.person).filter(\.isOpen).map { question in
            ConnectionsView.Question(
                path: question.path, agent: question.agent.raw, provider: question.provider.raw,
                account: question.inUse.map { Inert.text($0.shown) })
        }
    }

    func chooser(_ visit: Visit) -> AccountChooser {
        AccountChooser(
            administration: desks.administration, desk: desks.connections, organization: visit.organization)
    }

    /// - Throws: that there is nothing here, for whoever has no say in it.
    private func question(_ visit: Visit, at provider: String) async throws -> AccountChooser.Question {
        let all = try await chooser(visit).questions(for: visit.person)
        guard let question = all.first(where: { $0.agent.raw == visit.parameter && $0.provider.raw == provider })
        else { throw PageRefusal.notFound }
        return question
    }

    private func view(of question: AccountChooser.Question) -> AccountView {
        AccountView(
            agent: question.agent.raw, card: "/connect/agent/\(PercentEncoding.encode(question.agent.raw))",
            path: "/accounts/\(PercentEncoding.encode(question.agent.raw))",
            provider: question.provider.raw, whose: question.owner == .agent(question.agent) ? "its own" : "your",
            accounts: question.accounts.map { row in
                AccountView.Account(
                    id: row.id.raw, name: Inert.text(row.shown),
                    upstream: row.account == row.shown ? nil : Inert.text(row.account),
                    isChosen: question.inUse?.id == row.id,
                    obstacle: row.health == .broken ? "refused by the service: connect it again" : nil)
            }, problem: question.problem, canTakeBack: question.chosen != nil, shown: question.shown.hex)
    }
}

extension AccountChooser.Question {
    var path: String {
        "/accounts/\(PercentEncoding.encode(agent.raw))?provider=\(PercentEncoding.encode(provider.raw))"
    }

    /// What is chosen, where it is still the account that was chosen.
    var inUse: ConnectionRecord? {
        guard let chosen = chosen?.chosen else { return nil }
        return accounts.first { $0.id == chosen.connection && $0.account == chosen.account }
    }

    fileprivate var problem: String? {
        guard chosen != nil else { return nil }
        guard let inUse else {
            return "The account that was chosen is there no more. Until you choose another one, none is used."
        }
        return inUse.health == .broken
            ? "The service refuses the account that is chosen. Connect it again, or choose another one; until then none is used."
            : nil
    }

    /// Over what a person chooses from: what a yes on a page is to.
    fileprivate var shown: Digest {
        JSON.array(
            accounts.map { .array([.string($0.id.raw), .string($0.account), .string($0.shown)]) }
        ).digest
    }
}

extension ConnectionRecord {
    fileprivate var shown: String { email ?? accountName }
}

extension BrokerError {
    fileprivate static let otherThanShown = BrokerError(
        .refused, "the accounts have changed since you looked", hint: "look at them, and choose again")
}
