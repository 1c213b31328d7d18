public import Wire

/// When to ask again for the tokens of a device authorization (RFC 8628 sections 3.4 and 3.5). Nothing here waits: who asks
/// hands in the time, in seconds of any clock.
public struct DevicePolling: Sendable {
    public enum Step: Sendable, Hashable {
        case ask(at: Int64)
        case stop(End)
    }

    public enum End: Sendable, Hashable {
        /// Nobody finished in time.
        case expired
        /// Whoever was asked said no.
        case denied
        case refused(TokenFailure)
    }

    private let expires: Int64
    private var interval: Int64
    /// What a lost answer adds to the interval: it doubles each time (section 3.5), and goes with the next answer.
    private var patience: Int64 = 0

    private static let slower: Int64 = 5
    private static let longest: Int64 = 60

    /// - Parameter now: when the device authorization was asked for.
    public init(_ authorization: DeviceAuthorization, now: Int64) {
        expires = now + authorization.lifetime
        interval = authorization.interval
    }

    /// When to ask for the first time.
    public func first(now: Int64) -> Step { step(now) }

    /// What follows when the token endpoint gave nothing.
    public mutating func failed(_ failure: TokenFailure, now: Int64) -> Step {
        patience = 0
        switch failure.code {
        case "authorization_pending": return step(now)
        case "slow_down":
            // From now on, and not this once.
            interval += DevicePolling.slower
            return step(now)
        case "access_denied": return .stop(.denied)
        // GitHub says both.
        case "expired_token", "token_expired": return .stop(.expired)
        case nil, _?: break
        }
        guard case .transient(let wait) = failure.kind, failure.code == nil || failure.status >= 429 else {
            return .stop(.refused(failure))
        }
        return step(now, atLeast: wait.map(Int64.init) ?? 0)
    }

    /// What follows when no answer came at all.
    public mutating func lost(now: Int64) -> Step {
        patience = min(max(interval, patience * 2), DevicePolling.longest)
        return step(now, atLeast: interval + patience)
    }

    /// Read back from where it was kept; nil unless this is one.
    public init?(stored: JSON) {
        guard let expires = stored["expires"]?.integerValue, let interval = stored["interval"]?.integerValue,
            let patience = stored["patience"]?.integerValue
        else { return nil }
        (self.expires, self.interval, self.patience) = (expires, interval, patience)
    }

    public var stored: JSON {
        ["expires": .seconds(expires), "interval": .seconds(interval), "patience": .seconds(patience)]
    }

    private func step(_ now: Int64, atLeast wait: Int64 = 0) -> Step {
        let next = now + max(interval, wait)
        return next < expires ? .ask(at: next) : .stop(.expired)
    }
}
