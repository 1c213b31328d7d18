import Turns
import Wire

/// Where a message goes, and who reads it there.
enum SlackAddress {
    /// Everybody in the place.
    case place(SlackPlace)
    /// Shown in the place to one who is there, until they reload: for what matters now alone.
    case glance(SlackPlace, user: String)
    /// The app's own conversation with one.
    case direct(user: String)

    /// Nil when it has a reader who isn't Slack's.
    ///
    /// What is for one alone stays in a conversation that is theirs alone. Elsewhere a notice is shown to whoever asked
    /// where they asked; what they have to find again, an approval or an answer, goes to their own conversation.
    init?(_ message: OutboundMessage, _ place: SlackPlace) {
        guard let reader = message.privately else {
            self = .place(place)
            return
        }
        guard let user = SlackID.user(of: reader) else { return nil }
        guard user == place.user else {
            self = .direct(user: user)
            return
        }
        if place.isDirect {
            self = .place(place)
            return
        }
        switch message.content {
        case .notice: self = .glance(place, user: user)
        case .words, .approval: self = .direct(user: user)
        }
    }

    /// Whether one person alone reads it and finds it again.
    var hasOneReader: Bool {
        switch self {
        case .place(let place): place.isDirect
        case .glance: false
        case .direct: true
        }
    }

    func post(_ part: SlackPart) -> ChannelRequest {
        var body = part.body
        switch self {
        case .place(let place):
            body["channel"] = .string(place.channel)
            body["thread_ts"] = place.thread.map(JSON.string)
            return Self.request(.post, body.quiet)
        case .glance(let place, let user):
            body["channel"] = .string(place.channel)
            if place.isBegun { body["thread_ts"] = place.thread.map(JSON.string) }
            body["user"] = .string(user)
            return Self.request(.glance, body)
        case .direct(let user):
            // Slack takes a user's id for the conversation with them.
            body["channel"] = .string(user)
            return Self.request(.post, body.quiet)
        }
    }

    /// Shows files that were brought to Slack; nil where there are none. In a conversation with one alone its id is that of the
    /// words before.
    func share(_ files: [OutboundFile]) -> ChannelRequest? {
        let shown = files.compactMap { file in
            file.handle.map { JSON.object(["id": .string($0), "title": .string(file.name)]) }
        }
        guard !shown.isEmpty else { return nil }
        var body: JSONObject = ["files": .array(shown)]
        switch self {
        case .place(let place):
            body["channel_id"] = .string(place.channel)
            body["thread_ts"] = place.thread.map(JSON.string)
        case .glance, .direct: break
        }
        return Self.request(.share, body)
    }

    /// Replaces what was said before, by the name that ``SlackChannel/outcome(of:to:)`` gave it; nil when it is none, or
    /// when others would read the change than those it is for.
    func update(_ replaced: String, with part: SlackPart) -> ChannelRequest? {
        let name = replaced.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard name.count == 2, SlackID.isWellFormed(name[0]), SlackID.time(name[1]) != nil, reaches(name[0]) else {
            return nil
        }
        var body = part.body
        body["channel"] = .string(name[0])
        body["ts"] = .string(name[1])
        return Self.request(.update, body)
    }

    /// Whether a conversation's readers are those that this is for.
    private func reaches(_ channel: String) -> Bool {
        switch self {
        case .place(let place): place.channel == channel
        case .glance, .direct: SlackPlace.isDirect(channel)
        }
    }

    private static func request(_ method: SlackMethod, _ body: JSONObject) -> ChannelRequest {
        ChannelRequest(method: "POST", path: method.rawValue, body: .object(body))
    }
}

extension JSONObject {
    /// A message that Slack fetches nothing for.
    fileprivate var quiet: JSONObject {
        var body = self
        body["mrkdwn"] = false
        body["unfurl_links"] = false
        body["unfurl_media"] = false
        return body
    }
}

/// The methods by which something is said.
enum SlackMethod: String, CaseIterable {
    case post = "/api/chat.postMessage"
    case glance = "/api/chat.postEphemeral"
    case update = "/api/chat.update"
    case share = "/api/files.completeUploadExternal"

    /// Whether doing it twice is doing it once.
    var isRepeatable: Bool {
        switch self {
        case .post, .glance, .share: false
        case .update: true
        }
    }
}
