import Authority
import Wire

extension ChannelDesk {
    /// How Slack's app-level tokens begin: https://docs.slack.dev/authentication/tokens#app-level
    static let appToken = Array("xapp-".utf8)

    func check(_ account: ChannelAccount, hasSecret: Bool, isToken: Bool) throws(TurnsError) {
        let (kind, name) = (account.id.kind, account.id.name)
        let nature = kind.nature
        try TurnsError.checkName(name, of: "an account")
        guard nature.isSigned == hasSecret else {
            throw hasSecret
                ? TurnsError(.invalid, "nothing is signed at \(kind.rawValue)", hint: "leave the secret out")
                : TurnsError(.invalid, "`\(account.id)` needs the secret that \(kind.rawValue) signs with")
        }
        switch account.delivery {
        case .socket where !isToken:
            throw TurnsError(
                .invalid, "`\(account.id)` needs an app-level token, which begins with `xapp-`",
                hint: "make one with the scope `connections:write` on the app's page, under *Basic Information*")
        case .hook where isToken:
            throw TurnsError(
                .invalid, "an app-level token signs nothing",
                hint: "give the signing secret, or `--socket-mode` to be told over a socket")
        case .socket, .hook: break
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
        if let problem = problem(kind, account.settings) { throw TurnsError(.invalid, problem) }
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
        if account.id.kind == .slack, let named = account.settings["app"]?.stringValue,
            let app = try await read({ try await app(id, account.id.organization) }), app != named
        {
            throw TurnsError(
                .invalid, "`\(id)` was made through the app `\(app)`, and not through `\(named)`",
                hint: "what an app is told is answered with its own token: give the app that `deputy apps list` shows")
        }
        // Connections of before don't say their workspace, and those of an organization's whole grid are of none.
        guard account.id.kind == .slack, account.settings["enterprise"] == nil, facts.account.contains("/"),
            let team = account.settings["team"]?.stringValue, !facts.account.hasPrefix(team + "/")
        else { return }
        throw TurnsError(
            .invalid, "`\(id)` is `\(facts.account)` at Slack, which isn't in the workspace `\(team)`",
            hint: "give the workspace that `deputy connections list` shows before the slash")
    }
}
