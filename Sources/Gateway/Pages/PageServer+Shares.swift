import Authority
import Console
import HTTPTypes
import Hummingbird
import Registry

/// An owner sees with whom their agents are shared, in which places alone, and takes it back.
extension PageServer {
    func addShares(to router: Router<GatewayContext>) {
        get("/shares", router, shares)
        post("/shares", router, unshare)
    }

    @Sendable private func shares(_ visit: Visit) async throws -> Response {
        let shares = try await desks.administration.shares(ofAgentsOf: visit.person, in: visit.organization)
        let agents = Dictionary(grouping: shares, by: \.agent).sorted { $0.key < $1.key }.map { agent, shares in
            SharesView.Agent(name: Inert.text(agent.raw), agent: agent.raw, shares: shares.map(share))
        }
        return page(SharesView(agents: agents), visit, place: "shares", notice: notice(visit.query["done"]))
    }

    private func share(_ record: ShareRecord) -> SharesView.Share {
        SharesView.Share(
            grantee: Inert.text(record.grantee.text), with: record.grantee.text,
            rights: record.rights.map(\.rawValue).sorted().joined(separator: ", "), since: record.at.shown,
            places: (record.channels ?? []).sorted().map { place in
                SharesView.Place(name: Inert.text(place.text), channel: place.text)
            })
    }

    private func notice(_ done: String?) -> String? {
        switch done {
        case "unshared": "Taken back."
        default: nil
        }
    }

    @Sendable private func unshare(_ visit: Visit) async throws -> Response {
        guard let agent = visit.form["agent"], let grantee = visit.form["with"].flatMap(Grantee.init(text:)) else {
            throw PageRefusal.notFound
        }
        let places: [SharedPlace]
        switch visit.form["channel"] {
        case let text?:
            guard let place = SharedPlace(text: text) else { throw PageRefusal.notFound }
            places = [place]
        case nil: places = []
        }
        try await desks.administration.unshare(
            AgentID(agent), with: grantee, rights: [], channels: Set(places), owner: visit.person,
            by: .person(visit.person), in: visit.organization)
        return redirect(to: "/shares?done=unshared")
    }
}
