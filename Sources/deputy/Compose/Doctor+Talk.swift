import Gate
import Gateway
import Storage
import Turns

extension Doctor {
    /// What somebody has to look at: calls and messages whose end nobody knows, and what came to nothing.
    func examineTalk() async -> [DoctorFinding] {
        let (store, organization) = (home.store, home.organization)
        do {
            var findings: [DoctorFinding] = []
            let unknown = try await store.openCalls().count { $0.organization == organization && $0.state == .unknown }
            if unknown > 0 {
                findings.append(
                    DoctorFinding(
                        .warning, "of \(unknown) calls nobody knows whether they happened",
                        hint: "look at the provider, and say so with `deputy calls settle`"))
            }
            let aside = try await store.setAside(in: organization, limit: Doctor.most).count
            if aside > 0 {
                findings.append(
                    DoctorFinding(
                        .warning, "\(aside) messages to agents were set aside: nothing was done with them",
                        hint: "`deputy messages list` says why; then `retry` or `drop`"))
            }
            let lost = try await store.undelivered(in: organization, limit: Doctor.most).count
            if lost > 0 {
                findings.append(
                    DoctorFinding(
                        .warning, "\(lost) answers of agents weren't, or may not have been, delivered",
                        hint: "`deputy messages list` says why; then `retry` or `drop`"))
            }
            return findings
        } catch {
            return [DoctorFinding(.bad, "the conversations can't be read")]
        }
    }

    private static let most = 1_000
}
