public import Authority
public import Turns
import Wire

/// Who reads in a conversation: https://docs.slack.dev/reference/methods/conversations.members
extension SlackChannel: CensusChannel {
    public func request(aboutPlace peer: String) -> ChannelRequest? {
        guard SlackID.isWellFormed(peer), let first = peer.first, "CG".contains(first) else { return nil }
        return ChannelRequest(method: "GET", path: "/api/conversations.info?channel=\(peer)", body: .null)
    }

    public func place(_ answer: ChannelAnswer) -> CensusAnswer<(name: String, isShared: Bool)> {
        read(answer) { body in
            guard let channel = body["channel"], let name = channel["name"]?.stringValue else { return nil }
            let isShared = ["is_ext_shared", "is_pending_ext_shared"].contains { channel[$0]?.boolValue == true }
            return (name, isShared)
        }
    }

    public func request(aboutMembersOf peer: String, from mark: String?) -> ChannelRequest {
        let cursor = mark.map { "&cursor=\(PercentEncoding.encode($0))" } ?? ""
        return ChannelRequest(
            method: "GET", path: "/api/conversations.members?channel=\(peer)&limit=200\(cursor)", body: .null)
    }

    public func members(
        _ answer: ChannelAnswer, of account: ChannelAccount
    ) -> CensusAnswer<(senders: [SenderID], next: String?)> {
        guard let settings = try? SlackSettings(account.settings) else {
            return .refused("the account's settings are odd")
        }
        return read(answer) { body in
            guard let members = body["members"]?.arrayValue else { return nil }
            let users = members.compactMap(\.stringValue).filter(SlackID.isWellFormed)
            guard users.count == members.count else { return nil }
            let next = body["response_metadata"]?["next_cursor"]?.stringValue ?? ""
            return (users.map { SlackID.sender($0, of: settings.home) }, next.isEmpty ? nil : next)
        }
    }

    public func isGuest(_ answer: ChannelAnswer, for account: ChannelAccount) -> Bool {
        let user = (try? JSON.parse(answer.body))?["user"]
        return ["is_restricted", "is_ultra_restricted"].contains { user?[$0]?.boolValue == true }
            && user?["is_stranger"]?.boolValue != true
    }

    private func read<Value>(_ answer: ChannelAnswer, _ body: (JSON) -> Value?) -> CensusAnswer<Value> {
        guard answer.status == 200, let json = try? JSON.parse(answer.body) else {
            return .refused("Slack answers \(answer.status)")
        }
        guard json["ok"]?.boolValue == true else {
            let code = json["error"]?.stringValue ?? ""
            return .refused(SlackRefusal(rawValue: code)?.sentence ?? "Slack doesn't say")
        }
        return body(json).map(CensusAnswer.found) ?? .refused("what Slack says can't be read")
    }
}
