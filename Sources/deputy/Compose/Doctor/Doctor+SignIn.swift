import Broker
import Gateway
import OAuth
import OpenID
import Registry
import Storage

extension Doctor {
    /// Asks each provider what it is now, and looks whether anybody could sign in.
    func examineSignIn() async -> [DoctorFinding] {
        let settings: SignInSettings
        do throws(BrokerError) {
            settings = try await signIn.settings()
        } catch {
            return [DoctorFinding(.bad, error.message, hint: "restore a backup, or set the providers up again")]
        }
        let linked = Set((try? await home.store.logins(in: home.organization))?.map(\.login.issuer) ?? [])
        var findings: [DoctorFinding] = []
        for provider in settings.providers {
            do throws(SignInProblem) {
                findings.append(
                    DoctorFinding(
                        .good, "`\(provider.name)` signs people in: \(try await signIn.examine(provider))"))
            } catch {
                findings.append(
                    DoctorFinding(
                        .bad, "nobody can sign in with `\(provider.name)`: \(error.message)",
                        hint: "ask whoever runs \(provider.issuer.text)"))
            }
            if !linked.contains(provider.issuer.text) {
                findings.append(
                    DoctorFinding(
                        .warning, "no login of `\(provider.name)` is linked to anybody",
                        hint: "link one with `deputy sign-in link`"))
            }
            if provider.issuer.text.hasPrefix("http://") {
                findings.append(
                    DoctorFinding(
                        .warning, "`\(provider.name)` is reached at \(provider.issuer.text), in clear",
                        hint: "this is for tests only"))
            }
        }
        if !settings.allowsLinks, linked.isEmpty {
            findings.append(
                DoctorFinding(
                    .bad, "nobody can sign in: one-time links are off, and no login is linked",
                    hint: "turn them on with `deputy sign-in links on`"))
        }
        return findings
    }
}
