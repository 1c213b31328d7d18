import Authority
import Wire

extension ChannelDesk {
    func check(_ account: ChannelAccount, hasSecret: Bool) throws(TurnsError) {
        let (kind, name) = (account.id.kind, account.id.name)
        let nature = kind.nature
        try TurnsError.checkName(name, of: "an account")
        guard nature.isSigned == hasSecret else {
            throw hasSecret
                ? TurnsError(.invalid, "nothing is signed at \(kind.rawValue)", hint: "leave the secret out")
                : TurnsError(.invalid, "`\(account.id)` needs the secret that \(kind.rawValue) signs with")
        }
        let needsConnection = nature.connection != .none
        guard needsConnection == (account.connection != nil) else {
            throw needsConnection
                ? TurnsError(
                    .invalid, "`\(account.id)` needs a connection to answer with",
                    hint: "connect one for the agent with `deputy connections`, and name it with `--connection`")
                : TurnsError(.invalid, "\(kind.rawValue) needs no connection", hint: "leave `--connection` out")
        }
        guard nature.trigger.isAttended else {
            throw TurnsError(
                .invalid, "nobody writes at \(kind.rawValue)", hint: "schedules stand in the definitions of agents")
        }
        if nature.knowsPeople, account.unknown != .refuse || !account.bots.isEmpty {
            throw TurnsError(
                .invalid, "everybody has signed in at \(kind.rawValue)", hint: "leave `--unknown` and `--bot` out")
        }
        guard nature.hasDirectory || !account.matchesDirectory else {
            throw TurnsError(
                .invalid, "\(kind.rawValue) has no directory that says who a sender is",
                hint: "leave `--match-directory` out; `--unknown link` has senders show who they are")
        }
        if let problem = problem(in: account.settings, of: kind) { throw TurnsError(.invalid, problem) }
        for bot in account.bots where !bot.raw.hasPrefix("\(kind.rawValue):") {
            throw TurnsError(
                .invalid, "`\(bot)` is nobody at \(kind.rawValue)", hint: "such as `\(kind.rawValue):T1/B1`")
        }
    }

    /// What a channel says, an agent's own account says: never a person's, who would be taken for the writer.
    func checkConnection(of account: ChannelAccount) async throws(TurnsError) {
        guard let id = account.connection else { return }
        guard let facts = try await read({ try await connection(id, account.id.organization) }) else {
            throw TurnsError(
                .unknown, "there is no connection `\(id)`", hint: "list them with `deputy connections list`")
        }
        guard case .agent = facts.owner else {
            throw TurnsError(
                .refused, "`\(id)` is a person's own account", hint: "connect the agent's account, with `--agent`")
        }
        guard facts.health == .healthy else {
            throw TurnsError(.refused, "`\(id)` isn't in use", hint: "see `deputy connections list`")
        }
        switch account.id.kind.nature.connection {
        case .none: break
        case .mailbox where !isMailbox(facts.provider):
            throw TurnsError(
                .invalid,
                "`\(id)` is a connection to `\(facts.provider)`, which is no mailbox that can be read and written from",
                hint: "name one to a provider whose manifest has `mail` with `imap` and `smtp`")
        case .provider(let provider) where facts.provider != provider:
            throw TurnsError(
                .invalid, "`\(id)` is a connection to `\(facts.provider)`", hint: "name one to `\(provider)`")
        case .mailbox, .provider: break
        }
        guard let channel = channel(account.id.kind) else { return }
        let answering = AnsweringConnection(
            id: id, account: facts.account, app: try await read { try await app(id, account.id.organization) })
        if let problem = channel.problem(with: answering, in: account.settings) {
            throw TurnsError(.invalid, problem.sentence, hint: problem.hint)
        }
    }

    /// What the gateway serves itself has no settings.
    private func problem(in settings: JSONObject, of kind: ChannelKind) -> String? {
        if let channel = channel(kind) { return channel.problem(in: settings) }
        return settings.keys.first.map { "`\($0)` is no setting of \(kind.rawValue)" }
    }
}
