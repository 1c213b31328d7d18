public import Authority
public import Gate
import Wire

/// How much there is of a person's, besides connections.
public struct Belongings: Sendable, Hashable {
    /// The raw value is for programs.
    public enum Kind: String, Sendable, CaseIterable {
        /// Made by hand, or offered, and good still.
        case tokens
        /// What they allowed clients, each with its access and refresh tokens.
        case consents
        /// Grants that came of their login's tokens elsewhere.
        case exchanged
        case browserSessions = "browser_sessions"
        case loginLinks = "login_links"
        /// At identity providers.
        case logins
        /// On channels.
        case senders
        /// What agents remember about them.
        case memories
        case agreements
        /// What sessions with agents have seen.
        case sessions
        /// Approvals of what they, or somebody on their behalf, asked for.
        case asked = "approvals_asked"
        /// Approvals that only they could give, or that stand on their yes.
        case waiting = "approvals_waiting"
        case windows
        case choices
        /// Ways to a connection on which something is under way.
        case flows = "connect_flows"
        case notices
        case groups
        case shares
        case roles
        /// That name them.
        case agents
    }

    private var counts: [Kind: Int]

    public init(_ counts: [Kind: Int] = [:]) {
        self.counts = counts.filter { $0.value != 0 }
    }

    public subscript(kind: Kind) -> Int { counts[kind] ?? 0 }

    public var isEmpty: Bool { counts.isEmpty }

    public static func + (first: Belongings, second: Belongings) -> Belongings {
        Belongings(first.counts.merging(second.counts, uniquingKeysWith: +))
    }

    /// - Parameters:
    ///   - approvals: the organization's that are pending.
    ///   - windows: the organization's that are open.
    public init(
        of person: PersonID, in organization: OrganizationID, among approvals: [Approval], _ windows: [GrantWindow]
    ) {
        let scope = VoidScope.person(organization, person)
        let ending = approvals.filter(scope.covers)
        let asked = ending.count { $0.call.requester.person == person || $0.call.principal == person }
        self.init([.asked: asked, .waiting: ending.count - asked, .windows: windows.count(where: scope.covers)])
    }

    var json: JSON {
        .object(
            JSONObject(
                counts.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { ($0.key.rawValue, .number(JSONNumber($0.value))) }))
    }

    /// Nil for what isn't counts of these kinds.
    init?(json: JSON?) {
        guard let members = json?.objectValue?.members else { return nil }
        var counts: [Kind: Int] = [:]
        for (name, value) in members {
            guard let kind = Kind(rawValue: name), let count = value.integerValue else { return nil }
            counts[kind] = Int(count)
        }
        self.init(counts)
    }
}
