public import Authority
import Broker
import Console
public import Gate
public import Turns
import Wire

/// The gate's answers in the words that MCP clients have them in.
public struct GateWords: AnswerWords {
    private let approvals: ApprovalDesk
    private let organization: OrganizationID
    private let publicURL: @Sendable () -> String
    private let connectWay: @Sendable (ProviderID, AgentID, PersonID, OrganizationID) async -> ConnectWay?

    public init(
        approvals: ApprovalDesk, organization: OrganizationID, publicURL: @escaping @Sendable () -> String,
        connectWay: @escaping @Sendable (ProviderID, AgentID, PersonID, OrganizationID) async -> ConnectWay?
    ) {
        self.approvals = approvals
        self.organization = organization
        self.publicURL = publicURL
        self.connectWay = connectWay
    }

    public func words(for answer: Answer, to request: ToolCallRequest) async -> AnswerText? {
        var links = PageLinks(publicURL: publicURL())
        var link: String?
        switch answer {
        case .connect(let findings):
            if let provider = findings.first(where: \.isMendedByGoing)?.names.first,
                let person = request.requester.person
            {
                links.connectWay = await connectWay(ProviderID(provider), request.agent, person, request.organization)
            }
            link = findings.lazy.compactMap(links.page(for:)).first
        case .ask(_, let ticket?): link = links.approval(ticket.approval)
        case .done, .edited, .refused, .notSent, .unknown, .withheld, .pending, .ask, .declined, .tooManyAsks, .deny,
            .noSuchTool, .invalid, .unavailable:
            break
        }
        guard let reply = ToolReply(answer, links) else { return nil }
        return AnswerText(
            text: reply.text, isError: reply.isError, link: link, told: told(of: answer, links.connectWay, link))
    }

    /// What a person is told of a connection that is missing; nil where there is nothing better than what a model is told.
    private func told(of answer: Answer, _ way: ConnectWay?, _ link: String?) -> String? {
        guard case .connect(let findings) = answer,
            let provider = findings.first(where: \.isMendedByGoing)?.names.first.map({ Inert.text($0) })
        else { return nil }
        if link != nil {
            let why = way?.why?.sentence.map { ": \(Inert.text($0))" } ?? ""
            return "I need an account at \(provider) for this\(why). Connect it, and I go on by myself."
        }
        return way?.waitsFor.map {
            "My own account at \(provider) doesn't do for this, or there is none. \($0) is told, and I go on when it does."
        }
    }

    public func approval(_ id: ApprovalID, for person: PersonID) async -> ApprovalNotice? {
        guard let card = try? await approvals.card(id, for: person, in: organization) else { return nil }
        let destinations = card.destinations.map { "to \($0.text)" + ($0.isOutside ? " (outside)" : "") }
        let arguments = card.arguments.map { "\($0.name): \($0.value.stringValue ?? $0.value.text)" }
        let lines = (destinations + asking(card, person) + arguments).map { Inert.text($0) }
        let isWhole = lines.allSatisfy { $0.unicodeScalars.count <= GateWords.longestLine }
        return ApprovalNotice(
            approval: id.raw, title: Inert.text(card.title),
            lines: isWhole ? lines : lines.map(GateWords.cut) + ["This is not all of it. The page shows the rest."],
            link: PageLinks(publicURL: publicURL()).approval(id), hasButtons: isWhole && card.obstacle == nil)
    }

    /// Who asks, for whoever didn't, and what to be wary of.
    private func asking(_ card: ApprovalCard, _ person: PersonID) -> [String] {
        guard card.approval.call.requester.person != person else { return [] }
        let call = card.approval.call
        return ["asked by: \(call.requester.shown), of the agent \(call.agent)"]
            + (call.principal.map { ["on behalf of: \($0)"] } ?? [])
            + (card.account.map { ["with the account: \($0)"] } ?? []) + (card.labels.warning.map { [$0] } ?? [])
    }

    /// Longer than any channel shows.
    private static let longestLine = 4_000

    private static func cut(_ line: String) -> String {
        guard line.unicodeScalars.count > longestLine else { return line }
        return String(line.unicodeScalars.prefix(longestLine)) + "…"
    }
}
