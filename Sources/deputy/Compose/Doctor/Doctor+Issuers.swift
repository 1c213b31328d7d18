import Authority
import Gateway
import Registry

extension Doctor {
    /// Asks each issuer whose tokens are exchanged for its keys, and looks whether anybody could bring one.
    func examineIssuers() async -> [DoctorFinding] {
        let states: [IssuerState]
        do throws(RegistryError) {
            states = try await oauth.issuerStates(in: home.organization)
        } catch {
            return [DoctorFinding(.bad, "the issuers can't be read: \(error.message)", hint: error.hint)]
        }
        return states.flatMap(findings)
    }

    private func findings(_ state: IssuerState) -> [DoctorFinding] {
        let (name, url) = (state.issuer.name, state.issuer.url)
        var findings: [DoctorFinding] = []
        if let keys = state.keys {
            findings.append(DoctorFinding(.good, "tokens of `\(name)` can be exchanged: \(keys) keys at \(url)"))
        } else {
            findings.append(
                DoctorFinding(
                    .bad, "no token of `\(name)` can be exchanged: \(state.problem)", hint: "ask whoever runs \(url)"))
        }
        for audience in state.idle {
            findings.append(
                DoctorFinding(
                    .warning,
                    "the audience `\(audience.name)` of `\(name)` is unknown to every client: `\(audience.client)` is gone",
                    hint: "add the issuer anew with a client of `deputy clients list`"))
        }
        if !state.hasLogins {
            findings.append(
                DoctorFinding(
                    .warning, "no login of `\(name)` is linked to anybody",
                    hint: "link one with `deputy sign-in link PERSON --issuer \(url) --subject SUBJECT`"))
        }
        if url.hasPrefix("http://") {
            findings.append(
                DoctorFinding(.warning, "`\(name)` is reached at \(url), in clear", hint: "this is for tests only"))
        }
        return findings
    }
}
