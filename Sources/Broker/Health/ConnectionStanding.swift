public import Authority

/// How a connection stands and why. Derived anew wherever it is shown, so that it is never out of date.
public struct ConnectionStanding: Sendable, Hashable {
    public let state: ConnectionState
    public let cause: ConnectionCause
    /// What the provider calls it, where it said something.
    public let code: String?
    /// When it ends, or ended.
    public let until: Timestamp?

    public init(_ state: ConnectionState, _ cause: ConnectionCause, code: String? = nil, until: Timestamp? = nil) {
        self.state = state
        self.cause = cause
        self.code = code
        self.until = until
    }
}

extension ConnectionStanding {
    /// - Parameters:
    ///   - tokens: nil for a connection that has none.
    ///   - app: what its provider knows us by; nil when there is none.
    ///   - noted: why it went out of use, where that was written down.
    ///   - ends: when the key ends that it was made with, or is to be replaced, where somebody said so.
    ///   - rotation: where that key goes round by itself.
    public init(
        of record: ConnectionRecord, tokens: TokenSet?, app: AppRecord?, noted: ConnectionCause?,
        ends: SecretEnd? = nil, rotation: KeyRotation? = nil, now: Timestamp
    ) {
        self.init(of: record, tokens: tokens, app: app, noted: noted, at: now)
        guard state == .active else { return }
        if let rotation, ends.map({ rotation.covers($0, at: now) }) ?? (rotation.step == .ending) {
            if let standing = rotation.standing(ends, at: now) { self = standing }
        } else if let ends, ends.isDue(at: now) {
            self.init(.expiring, ends.isScheduled ? .rotationDue : .secretEnds, until: ends.ends)
        }
    }

    private init(
        of record: ConnectionRecord, tokens: TokenSet?, app: AppRecord?, noted: ConnectionCause?, at now: Timestamp
    ) {
        let tokens = tokens.flatMap { $0.grant == record.fingerprint ? $0 : nil }
        switch record.health {
        case .revoked: self.init(.revoked, .revoked)
        case .broken:
            let told = tokens?.failure.map(\.cause)
            self.init(.needsReconnect, noted ?? told ?? .refused, code: tokens?.failure?.said, until: tokens?.expires)
        case .healthy:
            guard let tokens else {
                self.init(.active, .works)
                return
            }
            self.init(
                of: tokens, app: OwnGrant.needsNoApp(record.kind) || tokens.isByDocument(app) ? nil : .some(app),
                now: now)
        }
    }

    /// Of a connection in use. What can't be renewed still works until its token ends: nothing that fails beside it makes
    /// it worse before.
    ///
    /// - Parameter app: nil where none is needed.
    private init(of tokens: TokenSet, app: AppRecord??, now: Timestamp) {
        let until = tokens.expires
        let lives = until.map { now < $0 } ?? true
        if let failure = tokens.failure {
            let cause = failure.cause
            switch failure.kind {
            case .registration, .policy:
                self.init(lives ? .expiring : .operatorAction, cause, code: failure.said, until: until)
            case .transient:
                // One that fails for a minute is nothing that anybody has to know of while the token lives.
                let isShort = lives && failure.count < ConnectionStanding.failuresOfAMinute
                self.init(isShort ? .active : .expiring, cause, code: failure.said, until: until)
            case .dead, .needsUser, .scope:
                self.init(lives ? .expiring : .needsReconnect, cause, code: failure.said, until: until)
            }
            return
        }
        guard tokens.refresh != nil else {
            self.init(endingOf: tokens, lives, now)
            return
        }
        switch app {
        case .some(nil): self.init(lives ? .expiring : .operatorAction, .appMissing, until: until)
        case .some(let app?) where app.registration != tokens.clientID:
            self.init(lives ? .expiring : .needsReconnect, .otherApp, until: until)
        case nil, .some: self.init(.active, .works, until: until)
        }
    }

    /// Of a token that nothing renews.
    private init(endingOf tokens: TokenSet, _ lives: Bool, _ now: Timestamp) {
        guard let until = tokens.expires else {
            self.init(.active, .works)
            return
        }
        guard lives else {
            self.init(.needsReconnect, .ended, until: until)
            return
        }
        let warned = ConnectionStanding.warning(from: tokens.obtained, until: until)
        self.init(now < warned ? .active : .expiring, now < warned ? .works : .endsSoon, until: until)
    }

    /// The last week of it, or the last quarter of a life that is shorter than four.
    static func warning(from start: Timestamp, until end: Timestamp) -> Timestamp {
        let quarter = (end.microseconds - start.microseconds) / 4
        return Timestamp(microseconds: end.microseconds - min(warningSeconds * 1_000_000, max(quarter, 0)))
    }

    static let warningSeconds: Int64 = 7 * 86_400
    /// They come after 1, 2, 4, 8, 16 and 32 seconds.
    private static let failuresOfAMinute: Int64 = 6
}

extension TokenSet {
    /// A remote server may know us by our own document, which is no app that is kept.
    fileprivate func isByDocument(_ app: AppRecord?) -> Bool { app == nil && clientID.contains(" at ") }
}

extension OwnGrant {
    /// Whether new tokens of it are asked for without an app of ours.
    static func needsNoApp(_ kind: String) -> Bool { kind == accountKind }
}

extension TokenTrouble {
    public var cause: ConnectionCause {
        switch (kind, code) {
        case (.transient, _): .notRenewed
        case (_, OwnCode.noRefreshToken): .ended
        case (_, OwnCode.rotationLost): .answerLost
        case (_, OwnCode.otherClient), (_, OwnCode.otherIssuer): .otherApp
        case (_, OwnCode.otherAccount): .otherAccount
        case (_, OwnCode.noApp), (_, OwnCode.noOAuth): .appMissing
        case (_, OwnCode.seal), (_, OwnCode.unreadable): .unopened
        case (.registration, _): .appRefused
        case (.policy, _): .providerForbids
        case (.dead, _): .grantOver
        case (.needsUser, _): .ownerAsked
        case (.scope, _): .permissionsRefused
        }
    }

    /// The code, where it is the provider's and not our own.
    var said: String? { OwnCode.all.contains(code) ? nil : code }
}

/// The codes that a failed renewal has from us and not from a provider.
enum OwnCode {
    static let noRefreshToken = "no_refresh_token"
    static let rotationLost = "rotation_lost"
    static let otherClient = "other_client"
    static let noApp = "no_app"
    static let noOAuth = "no_oauth"
    static let seal = "seal"
    static let unreadable = "unreadable"
    static let otherAccount = "other_account"
    static let otherIssuer = "other_issuer"
    static let noAccount = "no_account"
    static let all: Set<String> = [
        noRefreshToken, rotationLost, otherClient, noApp, noOAuth, seal, unreadable, otherAccount, noAccount,
        otherIssuer,
        "not_sent", "no_answer", "introspection", "gone", "not_signed", "other_resource",
    ]
}
