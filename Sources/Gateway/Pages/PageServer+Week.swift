import Authority
import Broker
import Console
import Gate
import Hummingbird
import Registry

extension PageServer {
    /// Reads as many leaves as twenty other pages together.
    @Sendable func week(_ visit: Visit) async throws -> Response {
        try take(19, of: visit.signedIn)
        let person = visit.signedIn.person
        let theirs = try await desks.connections.withAccount(
            of: PersonClaim(person: person.id, email: person.email, subjects: person.subjects), in: visit.organization)
        let names = Dictionary(theirs.map { ($0.account, $0.email ?? $0.accountName) }) { first, _ in first }
        let week = try await WeekReader(
            ledger: desks.ledger, organization: visit.organization, person: visit.person,
            connections: Set(theirs.map(\.id.raw)), since: settings.now().adding(seconds: -7 * 86_400)
        ).read()
        let rows = week.calls.map { call in
            WeekView.Row(
                time: call.time.shown, agent: Inert.text(call.agent), tool: Inert.text(call.tool),
                effect: Inert.text(call.effect),
                account: call.account.map { Inert.text(names[$0] ?? $0) },
                requester: Inert.text(call.requester), outcome: Inert.text(call.outcome))
        }
        return page(WeekView(rows: rows, wholeSince: week.wholeSince?.shown), visit, place: "week")
    }
}
