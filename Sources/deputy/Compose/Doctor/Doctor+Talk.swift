import Authority
import Gate
import Gateway
import Storage
import Turns

extension Doctor {
    /// What somebody has to look at: calls and messages whose end nobody knows, and what came to nothing.
    func examineTalk() async -> [DoctorFinding] {
        let (store, organization) = (home.store, home.organization)
        do {
            let unknown = try await store.openCalls().count { $0.organization == organization && $0.state == .unknown }
            let aside = try await store.setAside(in: organization, limit: Doctor.most).count
            let stuck = try await store.stuckTurns(in: organization, limit: Doctor.most).count
            let lost = try await store.undelivered(in: organization, limit: Doctor.most).count
            let cards = try await store.cardFigures()
            let why = "`deputy messages list` says why; then `retry` or `drop`"
            let overdue = try await retention.overdue(in: organization)
            return [
                (
                    overdue.count,
                    "what was said to \(overdue.map { "`\($0)`" }.joined(separator: ", ")) should be destroyed by now",
                    "the gateway that runs turns does it; its log says what is in the way"
                ),
                (
                    unknown, "of \(unknown) calls nobody knows whether they happened",
                    "look at the provider, and say so with `deputy calls settle`"
                ),
                (aside, "\(aside) messages to agents were set aside: nothing was done with them", why),
                (stuck, "\(stuck) turns of agents couldn't go on", why),
                (
                    cards.unreached,
                    "\(cards.unreached) approvers weren't shown what waits for them: no way there works",
                    "`deputy messages list` says why; the page Approvals shows what waits"
                ),
                (lost, "\(lost) answers of agents weren't, or may not have been, delivered", why),
            ].filter { $0.0 > 0 }.map { DoctorFinding(.warning, $0.1, hint: $0.2) } + examineSockets()
        } catch {
            return [DoctorFinding(.bad, "the conversations can't be read")]
        }
    }

    /// Accounts that nothing is told to just now, though the gateway runs.
    private func examineSockets() -> [DoctorFinding] {
        sockets.all.sorted { $0.key.name < $1.key.name }.compactMap { account, standing in
            guard let since = standing.downSince,
                world.now().microseconds - since.microseconds > Doctor.connecting * 1_000_000
            else { return nil }
            return DoctorFinding(
                .warning, "the socket of `\(account)` isn't open: \(standing.reason ?? "the platform doesn't answer")",
                hint: "until it is, nothing comes from there; `deputy channels list` shows it")
        }
    }

    /// Seconds that a socket may take to open.
    private static let connecting: Int64 = 10
    private static let most = 1_000
}
