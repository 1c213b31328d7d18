import Authority
import Broker
import OAuth
import Vault

/// The provider's authorization server. Refresh tokens rotate; one that comes twice ends everything that was given with it
/// (RFC 9700 section 4.14.2). It never forgets.
final class SimulatedTokenServer: Sendable {
    /// What it gave out in one answer.
    private struct Issue {
        let family: Int
        let expires: Timestamp
        /// Whether the gateways have it durably.
        var isKept = false
        /// Whether the provider refused its access token.
        var isRefused = false
    }

    /// What became of one consent: all that was given for it, one after the other.
    private struct Family {
        let account: String
        var newest: Int
        var isEnded = false
        /// When each request for it left that nobody has an answer to yet.
        var underWay: [Int: Timestamp] = [:]
        /// Something happened that no client can know of: a request that came when nobody counted on it any more, or a
        /// clock that ran away under a lease.
        var isExcused = false
    }

    private struct State {
        var issues: [Issue] = []
        var families: [Family] = []
        var byFingerprint: [String: Int] = [:]
        var requests = 0
    }

    private let state = Confined(State())
    private let clock: SimulatedClock
    let lifetime: Int64

    init(clock: SimulatedClock, lifetime: Int64) {
        self.clock = clock
        self.lifetime = lifetime
    }

    /// A new consent of this account's owner.
    func grant(_ account: String) -> TokenAnswer {
        state.families.append(Family(account: account, newest: state.issues.count))
        return issue(state.families.count - 1)
    }

    private func issue(_ family: Int) -> TokenAnswer {
        let number = state.issues.count
        state.issues.append(Issue(family: family, expires: clock.steady.adding(seconds: lifetime)))
        state.families[family].newest = number
        let (access, refresh) = ("\(SimulatedTokenServer.access)\(number)", "\(SimulatedTokenServer.refresh)\(number)")
        var bytes = Array(access.utf8)
        state.byFingerprint[VaultKeys.fingerprints.of(Secret(consuming: &bytes))] = number
        guard let access = TokenText(access), let refresh = TokenText(refresh) else {
            preconditionFailure("these are tokens")
        }
        return TokenAnswer(access: access, refresh: refresh, scopes: nil, lifetime: lifetime)
    }

    private static let access = "sek-access-"
    private static let refresh = "sek-refresh-"

    private func number(_ token: String, _ kind: String) -> Int? {
        guard token.hasPrefix(kind), let number = Int(token.dropFirst(kind.count)) else { return nil }
        return state.issues.indices.contains(number) ? number : nil
    }

    /// The issue that a refresh token is of.
    func issue(ofRefresh token: String) -> Int? { number(token, SimulatedTokenServer.refresh) }
    func issue(ofAccess token: String) -> Int? { number(token, SimulatedTokenServer.access) }
    func issue(ofFingerprint fingerprint: String) -> Int? { state.byFingerprint[fingerprint] }

    /// Whose an access token is, whether it is still good or not.
    func owner(of number: Int) -> String { state.families[state.issues[number].family].account }

    func isGood(access number: Int) -> Bool {
        let issue = state.issues[number]
        return !state.families[issue.family].isEnded && clock.steady < issue.expires
    }

    /// Whether new tokens would be given for these.
    func isGood(refresh number: Int) -> Bool {
        let family = state.families[state.issues[number].family]
        return !family.isEnded && family.newest == number
    }

    func isKept(_ number: Int) -> Bool { state.issues[number].isKept }
    func isRefused(_ number: Int) -> Bool { state.issues[number].isRefused }
    func isExcused(_ number: Int) -> Bool { state.families[state.issues[number].family].isExcused }
    func isEnded(_ number: Int) -> Bool { state.families[state.issues[number].family].isEnded }
    func keep(_ number: Int) { state.issues[number].isKept = true }
    func refuse(_ number: Int) { state.issues[number].isRefused = true }
    func excuse(_ number: Int) { state.families[state.issues[number].family].isExcused = true }
    /// Its owner takes the consent back at the provider.
    func end(_ number: Int) { state.families[state.issues[number].family].isEnded = true }

    /// A request leaves.
    ///
    /// - Returns: its number, and how many others for the same consent are waited for.
    func begin(_ number: Int) -> (request: Int, others: Int) {
        state.requests += 1
        let (request, family) = (state.requests, state.issues[number].family)
        let over = clock.steady.adding(seconds: -SimulatedTokenErrands.patience)
        let others = state.families[family].underWay.values.filter { $0 > over }.count
        state.families[family].underWay[request] = clock.steady
        return (request, others)
    }

    func finish(_ request: Int, of number: Int) {
        state.families[state.issues[number].family].underWay[request] = nil
    }

    /// A request arrives.
    enum Arrival {
        case granted(TokenAnswer)
        case refused
        /// The token was used before: nobody has anything any more.
        case reused
    }

    func receive(_ number: Int) -> Arrival {
        let family = state.issues[number].family
        guard !state.families[family].isEnded else { return .refused }
        guard state.families[family].newest == number else {
            state.families[family].isEnded = true
            return .reused
        }
        return .granted(issue(family))
    }
}
