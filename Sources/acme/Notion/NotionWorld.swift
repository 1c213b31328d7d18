import Foundation

/// Acme's Notion workspace. Nothing in it changes.
enum NotionWorld {
    struct Page: Sendable {
        let key: String
        let id: String
        let title: String
        let readers: Set<String>
        let edited: String
        let paragraphs: [String]

        var url: String {
            let slug = title.replacing("'", with: "-").replacing(" ", with: "-")
            return "https://www.notion.so/\(slug)-\(id.replacing("-", with: ""))"
        }

        /// Each block's id: the page's, with the block's number in its last group.
        func blockID(_ index: Int) -> String {
            let number = String(index + 1, radix: 16)
            return id.prefix(24) + String(repeating: "0", count: 12 - number.count) + number
        }
    }

    /// Who holds an integration token: a person through their own grant, or the workspace's own bot.
    struct Bot: Sendable {
        let owner: String
        let id: String
        let name: String
        var person: (id: String, name: String)?
    }

    static let workspace = "7c1f0a52-3b0e-4b1d-9d36-5a7a3c0e1acd"

    static let pages = [
        Page(
            key: "alice_onboarding", id: "1a2f6c84-90b1-4d7e-8c55-0a11ce000001", title: "Alice's onboarding page",
            readers: ["alice"], edited: "2026-11-16T09:12:00.000Z",
            paragraphs: [
                "Welcome, Alice.", "Your buddy is Bob. Your first review is on 4 December.",
                "Laptop: collected. Parking card: ask Dana.",
            ]),
        Page(
            key: "bob_onboarding", id: "2b3e7d95-a1c2-4e8f-9d66-0b0b00000002", title: "Bob's onboarding page",
            readers: ["bob"], edited: "2026-11-17T14:40:00.000Z",
            paragraphs: [
                "Welcome, Bob.", "Your buddy is Carol. Your first review is on 11 December.",
                "Agreed start bonus: see Rippling.",
            ]),
        Page(
            key: "handbook", id: "3c4d8ea6-b2d3-4f90-ae77-7ea300000003", title: "Team handbook",
            readers: ["alice", "bob", "carol"], edited: "2026-10-30T08:00:00.000Z",
            paragraphs: ["How we work.", "Ask in #onboarding first. Write decisions down."]),
        Page(
            key: "roadmap", id: "4d5c9fb7-c3e4-40a1-bf88-90ad00000004", title: "Roadmap", readers: ["product"],
            edited: "2026-11-18T16:25:00.000Z",
            paragraphs: ["First quarter: the anvil subscription.", "Second quarter: rocket skates, second try."]),
        Page(
            key: "competitors", id: "5e6ba0c8-d4f5-41b2-8099-c03900000005", title: "Competitors",
            readers: ["product"], edited: "2026-11-12T11:05:00.000Z",
            paragraphs: ["Ajax sells cheaper anvils.", "Nobody else sells rocket skates."]),
    ]

    static let bots = [
        Bot(
            owner: "alice", id: "a11ce0b0-1111-4a11-8a11-000000000011", name: "Deputy",
            person: ("a11ce000-1111-4a11-8a11-000000000001", "Alice Ames")),
        Bot(
            owner: "bob", id: "b0b000b0-2222-4b22-8b22-000000000022", name: "Deputy",
            person: ("b0b00000-2222-4b22-8b22-000000000002", "Bob Brandt")),
        Bot(owner: "product", id: "90d0c7b0-3333-4c33-8c33-000000000033", name: "Product claw"),
    ]

    /// Those who connected later have a bot made of their name.
    static func bot(_ owner: String) -> Bot {
        let account = OAuthAccount(owner: owner)
        return bots.first { $0.owner == owner }
            ?? Bot(
                owner: owner, id: account.uuid("notion bot"), name: "Deputy",
                person: (account.uuid("notion person"), owner.capitalized))
    }

    static func pages(for token: Token) -> [Page] {
        pages.filter { $0.readers.contains(token.owner) }
    }
}
