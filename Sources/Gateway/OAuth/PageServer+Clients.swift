import Authority
import Console
import Hummingbird
import Registry

/// What a person allowed to clients: seen, narrowed, and taken back.
extension PageServer {
    @Sendable func clients(_ visit: Visit) async throws -> Response {
        let living = try await desks.oauth.grants(of: visit.person, by: nil, in: visit.organization)
        let names = Dictionary(
            try await desks.oauth.clients(in: visit.organization).map { ($0.id, $0.name) },
            uniquingKeysWith: { first, _ in first })
        var rows: [ClientsView.Row] = []
        for (client, grants) in Dictionary(grouping: living, by: \.grant.client).sorted(by: { $0.key < $1.key }) {
            rows.append(PageServer.row(client, names[client], grants))
        }
        return page(
            ClientsView(rows: rows), visit, place: "clients",
            notice: visit.query["done"].flatMap(PageServer.clientNotice))
    }

    private static func row(_ client: OAuthClientID, _ name: String?, _ grants: [LivingGrant]) -> ClientsView.Row {
        let agents = Set(grants.map(\.grant.agent)).sorted().map(\.raw)
        let effects = grants.reduce(into: EffectSet()) { $0.formUnion($1.token.ceiling) }
        return ClientsView.Row(
            id: client.raw, name: Inert.text(name ?? client.raw), shownID: Inert.text(client.raw),
            agents: agents.joined(separator: ", "), effects: effects.words,
            since: grants.map(\.grant.created).min()?.shown ?? "",
            until: grants.map(\.token.expires).max()?.shown ?? "")
    }

    private static func clientNotice(_ done: String) -> String? {
        switch done {
        case "narrowed": "Narrowed. It holds from the next call on."
        case "signed-out": "Signed out. Its tokens don't work any more."
        case _: nil
        }
    }

    @Sendable func narrowClient(_ visit: Visit) async throws -> Response {
        try await desks.oauth.narrow(
            OAuthClientID(visit.form["client"] ?? ""), of: visit.person, to: visit.effects, in: visit.organization)
        return redirect(to: "/clients?done=narrowed")
    }

    @Sendable func signOutClient(_ visit: Visit) async throws -> Response {
        try await desks.oauth.signOut(
            OAuthClientID(visit.form["client"] ?? ""), of: visit.person, by: .person(visit.person),
            in: visit.organization)
        return redirect(to: "/clients?done=signed-out")
    }
}
