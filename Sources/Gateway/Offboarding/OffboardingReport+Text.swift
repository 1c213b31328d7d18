import Authority
import Registry
import Wire

extension Belongings.Kind {
    /// The line, without its end.
    func text(_ count: Int) -> String {
        switch self {
        case .tokens: counted(count, "token")
        case .consents: counted(count, "consent") + " to clients, with their access and refresh tokens"
        case .exchanged: counted(count, "grant") + " that came of their logins' tokens, with what was issued for them"
        case .browserSessions: counted(count, "browser session")
        case .loginLinks: counted(count, "login link")
        case .logins: counted(count, "login") + " at identity providers"
        case .senders: counted(count, "sender") + " on channels"
        case .memories: (count == 1 ? "1 thing" : "\(count) things") + " that agents remembered about them"
        case .agreements: counted(count, "agreement") + " with assistants"
        case .sessions: "what \(counted(count, "session")) with agents had seen"
        case .asked: counted(count, "approval") + " of what was asked by them or for them"
        case .waiting: counted(count, "approval") + " that waited for them or stood on their yes"
        case .windows: counted(count, "open grant window")
        case .choices: counted(count, "choice") + " among their accounts"
        case .flows: counted(count, "way") + " to a connection that \(count == 1 ? "was" : "were") under way"
        case .notices: counted(count, "notice") + " to them"
        case .groups: counted(count, "membership") + " of groups"
        case .shares: counted(count, "agent") + " shared with them"
        case .roles: counted(count, "role")
        case .agents: counted(count, "agent") + " that named them"
        }
    }
}

extension Offboarding.Agent {
    var json: JSON {
        [
            "agent": .string(id.raw), "owner": owner.map { .string($0.raw) } ?? .null,
            "taken_out_of": .array(keys.map { .string($0) }), "suspended": .bool(isSuspended), "text": .string(text),
        ]
    }

    private var text: String {
        var parts: [String] = []
        if let owner { parts.append("belongs to `\(owner)` now") }
        let said = isSuspended ? keys.filter { $0 != "principals" } : keys
        if !said.isEmpty { parts.append("doesn't name them in \(said.map { "`\($0)`" }.joined(separator: ", "))") }
        if isSuspended { parts.append("is suspended: without them it acts for nobody") }
        return "`\(id)` \(parts.joined(separator: ", and "))"
    }
}
