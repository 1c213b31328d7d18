import Synchronization

/// How the strict server behaves. Tests change it while it runs.
struct StrictSettings: Sendable {
    enum Refreshing: String, Sendable, CaseIterable {
        /// Each use replaces the refresh token.
        case rotates
        /// The refresh token stays, and answers to a refresh hold none.
        case stays
        /// No answer holds a refresh token.
        case none
    }

    enum Lifetime: String, Sendable, CaseIterable {
        case number, string, absent
    }

    enum Issuer: String, Sendable, CaseIterable {
        case right, wrong, absent
    }

    var accessSeconds = 3600
    var refreshSeconds: Int?
    var refreshing = Refreshing.rotates
    /// For how long a replaced refresh token may come again.
    var leewaySeconds = 0
    /// How answers write `expires_in`.
    var lifetime = Lifetime.number
    /// What may be granted at all; nil grants what was asked for.
    var grantable: Set<String>?
    /// Whether a refresh ends the access tokens before it.
    var endsOldAccess = false
    /// What `iss` is in the answers of the authorization endpoint.
    var issuer = Issuer.right
    /// Whom exchanged tokens are for; then the API takes no others.
    var apiAudience: String?
    /// Whether an exchange must name who acts.
    var wantsActor = false
    /// What an exchange says that it issued; nil for the truth.
    var issuedType: String?
    /// Whose tokens exchanges give, whoever asks; nil for the subject's.
    var exchangeOwner: String?
    /// Whether exchanges want the person to sign in again.
    var needsPerson = false
    var deviceSeconds = 600
    var deviceInterval = 5

    /// The settings with what `body` names changed. `{"reset": true}` starts from the defaults.
    func changed(by body: JSON) throws(SetupProblem) -> StrictSettings {
        var settings = body["reset"]?.truth == true ? StrictSettings() : self
        for member in body.members ?? [] {
            try settings.set(member.name, member.value)
        }
        return settings
    }

    private mutating func set(_ name: String, _ value: JSON) throws(SetupProblem) {
        switch name {
        case "reset": break
        case "access_seconds": accessSeconds = try Self.seconds(name, value)
        case "refresh_seconds": refreshSeconds = value == .null ? nil : try Self.seconds(name, value)
        case "refresh_token": refreshing = try Self.choice(name, value)
        case "reuse_leeway_seconds": leewaySeconds = try Self.seconds(name, value)
        case "expires_in": lifetime = try Self.choice(name, value)
        case "grantable_scopes": grantable = value.items.map { Set($0.compactMap(\.text)) }
        case "ends_old_access": endsOldAccess = value.truth ?? false
        case "iss": issuer = try Self.choice(name, value)
        case "api_audience": apiAudience = value.text
        case "wants_actor": wantsActor = value.truth ?? false
        case "issued_token_type": issuedType = value.text
        case "exchange_owner": exchangeOwner = value.text
        case "needs_person": needsPerson = value.truth ?? false
        case "device_seconds": deviceSeconds = try Self.seconds(name, value)
        case "device_interval": deviceInterval = try Self.seconds(name, value)
        default: throw SetupProblem("`\(name)` is no setting")
        }
    }

    private static func seconds(_ name: String, _ value: JSON) throws(SetupProblem) -> Int {
        guard let seconds = value.int, seconds >= 0 else { throw SetupProblem("`\(name)` must be a number of seconds") }
        return seconds
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ value: JSON
    ) throws(SetupProblem) -> Choice {
        guard let choice = value.text.flatMap(Choice.init(rawValue:)) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SetupProblem("`\(name)` must be one of \(known)")
        }
        return choice
    }
}

/// The settings of a run.
final class StrictKnobs: Sendable {
    private let settings = Mutex(StrictSettings())

    var now: StrictSettings {
        settings.withLock { $0 }
    }

    func change(_ body: JSON) throws(SetupProblem) {
        try settings.withLock { settings throws(SetupProblem) in settings = try settings.changed(by: body) }
    }
}
