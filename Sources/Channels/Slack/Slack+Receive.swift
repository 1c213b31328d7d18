public import Authority
public import Turns
import Wire

extension SlackChannel {
    public func receive(
        _ request: HookRequest, for account: ChannelAccount, signing: any ChannelSigning, at now: Timestamp
    ) -> HookOutcome {
        do throws(HookRefusal) {
            let body = try verify(request, signing: signing, at: now)
            guard let settings = try? SlackSettings(account.settings) else { throw .foreign }
            switch body {
            case .event(let event): return try read(event, for: account.id, settings)
            case .interaction(let interaction): return try press(interaction, for: account.id, settings)
            }
        } catch {
            return .refused(error)
        }
    }

    func read(
        _ body: JSONObject, for account: ChannelAccountID, _ settings: SlackSettings
    ) throws(HookRefusal) -> HookOutcome {
        guard let type = body["type"]?.stringValue else { throw .malformed }
        switch type {
        case "url_verification":
            guard let challenge = body["challenge"]?.stringValue, challenge.utf8.count <= 4096 else {
                throw .malformed
            }
            return .answered(HookReply(status: 200, body: Array(challenge.utf8)))
        case "event_callback":
            guard isOurs(body, settings) else { throw .foreign }
            guard let event = body["event"]?.objectValue else { throw .malformed }
            if let peer = SlackMembership.peer(event) { return .moved(peer, .taken) }
            let message = try SlackMessage(event, in: body, settings)
            return .messages(message.map { [$0.inbound(to: account, settings)] } ?? [], .taken)
        case _:
            guard body["api_app_id"]?.stringValue == settings.app else { throw .foreign }
            // So many events came within an hour that Slack held some back.
            return type == "app_rate_limited" ? .heldBack(.taken) : .messages([], .taken)
        }
    }

    /// Whether the event is this app's, in the place where this account has it installed. Where a channel is shared,
    /// `team_id` may be the other workspace, and `authorizations` says who it came to.
    private func isOurs(_ body: JSONObject, _ settings: SlackSettings) -> Bool {
        guard body["api_app_id"]?.stringValue == settings.app else { return false }
        let installations = body["authorizations"]?.arrayValue ?? []
        guard !installations.isEmpty else { return isHome(body["team_id"], body["enterprise_id"], settings) }
        return installations.contains { isHome($0["team_id"], $0["enterprise_id"], settings) }
    }

    /// An installation in a whole organization has no workspace.
    private func isHome(_ team: JSON?, _ enterprise: JSON?, _ settings: SlackSettings) -> Bool {
        if let team = team?.stringValue { return team == settings.team }
        return settings.enterprise != nil && enterprise?.stringValue == settings.enterprise
    }

    /// Somebody pressed a button. Those that aren't ours, and whatever else can be used, start nothing.
    func press(
        _ body: JSONObject, for account: ChannelAccountID, _ settings: SlackSettings
    ) throws(HookRefusal) -> HookOutcome {
        guard let type = body["type"]?.stringValue else { throw .malformed }
        guard body["api_app_id"]?.stringValue == settings.app,
            isHome(body["team"]?["id"], body["enterprise"]?["id"], settings)
        else { throw .foreign }
        guard type == "block_actions" else { return .answered(.taken) }
        guard let actions = body["actions"]?.arrayValue else { throw .malformed }
        for action in actions {
            guard let choice = action["action_id"]?.stringValue.flatMap(SlackButton.init(rawValue:))?.choice else {
                continue
            }
            return .pressed(try SlackPress(action, in: body, settings).press(choice, on: account), .taken)
        }
        return .answered(.taken)
    }
}
