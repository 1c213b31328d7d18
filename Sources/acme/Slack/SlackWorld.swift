import Foundation
import Synchronization

/// Acme's Slack workspace.
final class SlackWorld: Sendable {
    static let team = "T07ACME0HQ1"

    /// Those who are there from the start.
    static let users = [
        SlackUser(owner: "alice", id: "U07ALICE4K2", name: "Alice Ames"),
        SlackUser(owner: "bob", id: "U07BOB0M3QX", name: "Bob Brandt"),
        SlackUser(owner: "carol", id: "U07CAROL9ZT", name: "Carol Chen"),
        SlackUser(owner: "dana", id: "U07DANA7R1E", name: "Dana Reyes"),
        SlackUser(owner: "product", id: "U07PRODUCT1", name: "Product", botID: "B07PRODUCT1", appID: "A07DEPUTY01"),
    ]

    /// Those that are there from the start.
    static let channels = [
        SlackChannel(id: "C07GENERAL1", name: "general", members: ["alice", "bob", "carol", "dana", "product"]),
        SlackChannel(id: "C07ONBOARD1", name: "onboarding", members: ["alice", "bob"]),
        SlackChannel(id: "C07ALICE1PV", name: "alice-notes", members: ["alice"], kind: .closed),
    ]

    struct State {
        var last = 1_795_000_000_000_000
        var users = SlackWorld.users
        var channels = SlackWorld.channels
        var apps: [SlackApp] = []
        var messages: [String: [SlackMessage]] = [:]
        var posted: [JSON] = []
        var files: [String: SlackFile] = [:]
        var uploads: [String: SlackUpload] = [:]
    }

    private let state = Mutex(State())

    init() {
        seed("C07GENERAL1", by: "dana", "Welcome to Acme, everyone.")
        seed("C07ONBOARD1", by: "alice", "My laptop has arrived. Where is the team handbook?")
        seed("C07ONBOARD1", by: "bob", "It is in Notion: look for Team handbook.")
        seed("C07ALICE1PV", by: "alice", "Note to self: ask Dana about the parking card.")
    }

    private func seed(_ channel: String, by owner: String, _ text: String) {
        guard let user = Self.users.first(where: { $0.owner == owner }) else { return }
        step { state in
            state.last += 60_000_000
            state.messages[channel, default: []].append(SlackMessage(user: user, text: text, time: state.last))
        }
    }

    /// Everything that one step reads and writes happens in one call of this.
    func step<Value: Sendable, Fault>(_ body: (inout State) throws(Fault) -> sending Value) throws(Fault) -> Value {
        try state.withLock { state throws(Fault) in try body(&state) }
    }

    /// Keeps what somebody said. A note that one alone sees is no post.
    func post(_ draft: SlackMessage, to channel: SlackChannel) -> SlackMessage {
        let now = Int(Date().timeIntervalSince1970 * 1_000_000)
        return step { state in
            state.last = max(now, state.last + 1)
            var message = draft
            message.time = state.last
            state.messages[channel.id, default: []].append(message)
            if message.reader == nil {
                state.posted.append([
                    "owner": .string(message.user.owner), "channel": .string(channel.id),
                    "channel_name": .string(channel.name), "ts": .string(message.stamp),
                    "thread_ts": .text(message.thread), "text": .string(message.text),
                ])
            }
            return message
        }
    }

    /// Changes a message, or takes it away where `change` answers nil; what it was before, nil when there is none.
    func change(
        _ stamp: String, in channel: SlackChannel, _ change: (SlackMessage) -> SlackMessage?
    ) -> SlackMessage? {
        step { state in
            guard let place = state.messages[channel.id]?.firstIndex(where: { $0.stamp == stamp }),
                let before = state.messages[channel.id]?[place]
            else { return nil }
            if let after = change(before) {
                state.messages[channel.id]?[place] = after
            } else {
                state.messages[channel.id]?.remove(at: place)
            }
            return before
        }
    }

    /// Newest first, as Slack lists them.
    func messages(in channel: SlackChannel) -> [SlackMessage] {
        step { $0.messages[channel.id, default: []].reversed() }
    }

    /// What was posted since the start, oldest first.
    var posted: JSON {
        step { .array($0.posted) }
    }
}
