import Foundation
import Synchronization

/// Acme's Slack workspace.
final class SlackWorld: Sendable {
    struct User: Sendable {
        let owner: String
        let id: String
        let name: String
        var botID: String?
    }

    struct Channel: Sendable {
        let id: String
        let name: String
        let members: Set<String>
        var isPrivate = false
    }

    struct Message: Sendable {
        let user: User
        let text: String
        /// Unix time in microseconds, unique in the workspace; Slack shows it as seconds with six decimals.
        let time: Int
        var thread: String?

        var stamp: String {
            let micros = String(time % 1_000_000)
            return "\(time / 1_000_000)." + String(repeating: "0", count: 6 - micros.count) + micros
        }
    }

    static let team = "T07ACME0HQ1"
    static let app = "A07DEPUTY01"

    static let users = [
        User(owner: "alice", id: "U07ALICE4K2", name: "Alice Ames"),
        User(owner: "bob", id: "U07BOB0M3QX", name: "Bob Brandt"),
        User(owner: "carol", id: "U07CAROL9ZT", name: "Carol Chen"),
        User(owner: "dana", id: "U07DANA7R1E", name: "Dana Reyes"),
        User(owner: "product", id: "U07PRODUCT1", name: "Product", botID: "B07PRODUCT1"),
    ]

    static let channels = [
        Channel(id: "C07GENERAL1", name: "general", members: ["alice", "bob", "carol", "dana", "product"]),
        Channel(id: "C07ONBOARD1", name: "onboarding", members: ["alice", "bob"]),
        Channel(id: "C07ALICE1PV", name: "alice-notes", members: ["alice"], isPrivate: true),
    ]

    private struct State {
        var last = 1_795_000_000_000_000
        var messages: [String: [Message]] = [:]
        var posted: [JSON] = []
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
        state.withLock { state in
            state.last += 60_000_000
            state.messages[channel, default: []].append(Message(user: user, text: text, time: state.last))
        }
    }

    func post(_ text: String, to channel: Channel, by user: User, thread: String?) -> Message {
        let now = Int(Date().timeIntervalSince1970 * 1_000_000)
        return state.withLock { state in
            state.last = max(now, state.last + 1)
            let message = Message(user: user, text: text, time: state.last, thread: thread)
            state.messages[channel.id, default: []].append(message)
            state.posted.append([
                "owner": .string(user.owner), "channel": .string(channel.id), "channel_name": .string(channel.name),
                "ts": .string(message.stamp), "thread_ts": .text(thread), "text": .string(text),
            ])
            return message
        }
    }

    /// Newest first, as Slack lists them.
    func messages(in channel: Channel) -> [Message] {
        state.withLock { $0.messages[channel.id, default: []].reversed() }
    }

    /// What was posted since the start, oldest first.
    var posted: JSON {
        state.withLock { .array($0.posted) }
    }

    /// Those who came later have an id made of their name.
    static func user(_ owner: String) -> User {
        users.first { $0.owner == owner }
            ?? User(
                owner: owner,
                id: "U07" + OAuthAccount(owner: owner).uuid("slack").replacing("-", with: "").prefix(8).uppercased(),
                name: owner.capitalized)
    }

    static func user(of token: Token) -> User {
        user(token.owner)
    }
}
