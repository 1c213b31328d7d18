import Authority
import OAuth
import OpenID

/// An issuer as somebody wrote it down.
public struct NewTokenIssuer: Sendable {
    public let name: String
    public let issuer: String
    public let keys: String?
    public let subject: String
    /// Their names; empty for all that are taken here.
    public let algorithms: [String]
    public let audiences: [TokenIssuer.Audience]
    public let grantsAccess: Bool
    public let isOnce: Bool

    public init(
        name: String, issuer: String, keys: String?, subject: String, algorithms: [String],
        audiences: [TokenIssuer.Audience], grantsAccess: Bool, isOnce: Bool
    ) {
        self.name = name
        self.issuer = issuer
        self.keys = keys
        self.subject = subject
        self.algorithms = algorithms
        self.audiences = audiences
        self.grantsAccess = grantsAccess
        self.isOnce = isOnce
    }

    /// Claims that are handed on from one person to the next, or that people choose themselves.
    private static let unfit = [
        "email", "name", "nickname", "preferred_username", "phone_number", "unique_name", "upn",
    ]

    func checked(in organization: OrganizationID, created: Timestamp) throws(RegistryError) -> TokenIssuer {
        do throws(PlainNameProblem) {
            try PlainName.check(name, of: "an issuer")
        } catch {
            throw RegistryError(.invalid, error.message, hint: error.hint)
        }
        let issuer: Issuer
        do throws(MetadataFault) {
            issuer = try Issuer(self.issuer)
            if let keys { _ = try Endpoint(keys: keys, of: issuer) }
        } catch { throw RegistryError(.invalid, error.message) }
        guard (1...64).contains(subject.utf8.count), subject.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RegistryError(.invalid, "`\(subject)` can't be the name of a claim")
        }
        guard !NewTokenIssuer.unfit.contains(subject) else {
            throw RegistryError(
                .invalid, "`\(subject)` never says who somebody is: it is handed on from one to the next",
                hint: "use `sub`, or another claim that the issuer never gives to anybody else")
        }
        guard !audiences.isEmpty || grantsAccess else {
            throw RegistryError(
                .invalid, "nothing of this issuer would be taken",
                hint: "add `--audience AUDIENCE=CLIENT`, or `--id-jag`")
        }
        for audience in audiences where !(1...1_000).contains(audience.name.utf8.count) {
            throw RegistryError(.invalid, "an audience has 1 to 1000 bytes")
        }
        return TokenIssuer(
            organization: organization, name: name, issuer: issuer, keys: keys, subject: subject,
            algorithms: try takenAlgorithms(), audiences: audiences, grantsAccess: grantsAccess, isOnce: isOnce,
            created: created)
    }

    /// `none` and the symmetric ones can't be named: they aren't among those that there are.
    private func takenAlgorithms() throws(RegistryError) -> Set<SigningAlgorithm> {
        guard !algorithms.isEmpty else { return Set(SigningAlgorithm.allCases) }
        var taken: Set<SigningAlgorithm> = []
        for name in algorithms {
            guard let algorithm = SigningAlgorithm(rawValue: name) else {
                throw RegistryError(
                    .invalid, "`\(name)` isn't a signature that is taken",
                    hint: "one of \(SigningAlgorithm.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
            }
            taken.insert(algorithm)
        }
        return taken
    }
}
