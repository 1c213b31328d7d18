import Authority
import Broker
import Gate
import Gateway

extension Doctor {
    /// Secrets of our apps that end soon, and those that no provider has answered to yet.
    func examineApps() async -> [DoctorFinding] {
        do throws(BrokerError) {
            let ends = try await apps.ends(in: home.organization)
            let now = world.now()
            return try await apps.list(in: home.organization).flatMap { app in
                var findings: [DoctorFinding] = []
                if app.isRotating {
                    findings.append(
                        DoctorFinding(
                            .warning, "the new secret of our app at `\(app.provider)` isn't proven yet: both are kept",
                            hint: "end the old one there when `deputy apps list` says that it is"))
                }
                if let end = ends[app.provider], case let days = end.days(from: now), days <= 30 {
                    findings.append(
                        DoctorFinding(
                            days < 0 ? .bad : .warning,
                            "the secret of our app at `\(app.provider)` "
                                + (days < 0 ? "has ended" : "ends in \(days) days"),
                            hint: "make a new one there, and give it: `deputy apps rotate \(app.provider)`"))
                }
                return findings
            }
        } catch {
            return [DoctorFinding(.bad, "the apps can't be read: \(error.message)", hint: error.hint)]
        }
    }
}

extension Timestamp {
    /// Whole days from `now` until it; negative once it has passed.
    fileprivate func days(from now: Timestamp) -> Int64 {
        let left = microseconds - now.microseconds
        return left < 0 ? -1 : left / 86_400_000_000
    }
}
