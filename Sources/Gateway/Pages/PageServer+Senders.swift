import Authority
import Console
import HTTPTypes
import Hummingbird
import Registry
import Turns

/// A person says which senders they are, and which they aren't any more.
extension PageServer {
    func addSenders(to router: Router<GatewayContext>) {
        get("/senders", router, senders)
        post("/senders", router, linkSender)
        post("/senders/unlink", router, unlinkSender)
        get("/senders/:id", router, offeredSender)
    }

    @Sendable private func senders(_ visit: Visit) async throws -> Response {
        let own = try await desks.senders.links(in: visit.organization).filter { $0.person == visit.person }
        let rows = own.map { link in
            SendersView.Row(
                sender: Inert.text(link.sender.raw), value: link.sender.raw, channel: channel(of: link.sender),
                proof: link.proof.words, since: link.at.shown)
        }
        return page(SendersView(rows: rows), visit, place: "senders", notice: notice(visit.query["done"]))
    }

    private func notice(_ done: String?) -> String? {
        switch done {
        case "linked": "Linked. Agents know you there from now on."
        case "unlinked": "Unlinked. Agents don't know you there any more."
        default: nil
        }
    }

    /// Shows who would be whom. Looking changes nothing.
    @Sendable private func offeredSender(_ visit: Visit) async throws -> Response {
        let (sender, now) = try await desks.senders.offered(visit.parameter, in: visit.organization)
        let person = visit.signedIn.person
        return page(
            LinkSenderView(
                sender: Inert.text(sender.raw), value: sender.raw, channel: channel(of: sender),
                person: Inert.text(person.name), email: Inert.text(person.email),
                isSomebodyElse: now != nil && now != visit.person, secret: visit.parameter), visit, place: "senders")
    }

    @Sendable private func linkSender(_ visit: Visit) async throws -> Response {
        try await desks.senders.take(
            visit.form["link"] ?? "", as: visit.person, shown: SenderID(visit.form["sender"] ?? ""),
            in: visit.organization)
        return redirect(to: "/senders?done=linked")
    }

    @Sendable private func unlinkSender(_ visit: Visit) async throws -> Response {
        do throws(TurnsError) {
            try await desks.senders.unlink(
                SenderID(visit.form["sender"] ?? ""), of: visit.person, by: Administrator.person(visit.person).text,
                in: visit.organization)
        } catch {
            guard error.code == .unknown else { throw error }
            throw PageRefusal.notFound
        }
        return redirect(to: "/senders?done=unlinked")
    }

    private func channel(of sender: SenderID) -> String {
        let kind = sender.raw.split(separator: ":").first.flatMap { ChannelKind(rawValue: String($0)) }
        return kind?.nature.title ?? "another channel"
    }
}

extension SenderLink.Proof {
    fileprivate var words: String {
        switch self {
        case .link: "by a link that was sent there"
        case .assertion: "as an administrator said"
        case .directory: "by the address that the workspace confirmed"
        case .signIn: "by signing in there"
        }
    }
}
