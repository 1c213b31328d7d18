import Authority
import Broker
import Definition
import Gate
import Gateway
import OAuth

extension Doctor {
    /// Secrets of our apps that end soon, and those that no provider has answered to yet.
    func examineApps() async -> [DoctorFinding] {
        do throws(BrokerError) {
            let ends = try await apps.ends(in: home.organization)
            let now = world.now()
            let rotations = try await apps.rotations(in: home.organization)
            var findings: [DoctorFinding] = []
            for app in try await apps.list(in: home.organization) {
                let what = "our app at `\(app.provider)`" + (app.agent.map { " for `\($0)`" } ?? "")
                if let rotation = rotations[app.subject] {
                    if let problem = rotation.problem { findings.append(finding(what, rotation, problem)) }
                    continue
                }
                if app.isRotating {
                    findings.append(
                        DoctorFinding(
                            .warning, "the new secret of \(what) isn't proven yet: both are kept",
                            hint: "end the old one there when `deputy apps list` says that it is"))
                }
                if ends[app.subject] == nil, endsSilently(app) {
                    findings.append(
                        DoctorFinding(
                            .warning, "nobody is told before the secret of \(what) ends, as it does there",
                            hint:
                                "say when with the next one, `--secret-expires DAY` of `deputy apps rotate`, or have "
                                + "it replaced by a schedule: `--every 180d`"))
                }
                if let end = ends[app.subject], end.isDue(at: now), case let days = end.ends.days(from: now) {
                    findings.append(
                        DoctorFinding(
                            days < 0 && !end.isScheduled ? .bad : .warning,
                            "the \(app.authentication == .privateKey ? "key" : "secret") of \(what) " + end.words(days),
                            hint: app.stepToReplace))
                }
            }
            return findings
        } catch {
            return [DoctorFinding(.bad, "the apps can't be read: \(error.message)", hint: error.hint)]
        }
    }
}

extension Doctor {
    private func endsSilently(_ app: AppRecord) -> Bool {
        switch app.authentication {
        case .basic, .post:
            providers.manifest(of: app.provider)?.oauth?.ownKeys?.interface.endsSecrets ?? false
        // A certificate says its own end.
        case .privateKey, .none: false
        }
    }

    /// What goes round by itself, and doesn't.
    private func finding(_ what: String, _ rotation: KeyRotation, _ problem: String) -> DoctorFinding {
        let about = "the certificate of \(what) "
        guard rotation.step != .waiting else {
            return DoctorFinding(
                .warning, about + "was replaced, and the one before is still known there",
                hint: "remove it there by hand, and name the one in use: `--current-key` of `deputy apps rotate`")
        }
        return DoctorFinding(
            .warning, about + "isn't replaced by itself: \(RotationText.words(problem))",
            hint:
                "the one in use works on, and it is tried again; an app needs no permission for its own keys unless a "
                + "policy of its directory forbids it, or its object id isn't `\(rotation.place.object)`")
    }
}

extension Timestamp {
    /// Whole days from `now` until it; negative once it has passed.
    fileprivate func days(from now: Timestamp) -> Int64 {
        let left = microseconds - now.microseconds
        return left < 0 ? -1 : left / 86_400_000_000
    }
}

extension SecretEnd {
    fileprivate func words(_ days: Int64) -> String {
        let soon = days == 0 ? "within a day" : "in \(days) day\(days == 1 ? "" : "s")"
        return switch (isScheduled, days < 0) {
        case (false, true): "has ended"
        case (false, false): "ends \(soon)"
        case (true, true): "should have been replaced by now, by its schedule"
        case (true, false): "is to be replaced \(soon), by its schedule"
        }
    }
}
