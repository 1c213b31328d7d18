import Authority
import Gate
import OAuth
import OpenID
import Synchronization
import Wire

/// A provider as it described itself lately.
struct KnownProvider: Sendable {
    let metadata: ProviderMetadata
    let keys: KeySet
    let fetched: Timestamp
}

/// What providers publish, kept for ten minutes. A key that isn't known makes it be asked for once more, and not often:
/// who sends tokens with made-up keys must not make us ask all the time, nor keep us from asking for somebody else.
final class ProviderDirectory: Sendable {
    /// Who brought a token with an unknown key. Each has a count of its own.
    enum Cause: Hashable {
        /// Somebody's way back from the provider: the token came from the provider itself.
        case signIn
        /// Anybody may send a logout.
        case logout
    }

    private struct State {
        var known: [Issuer: KnownProvider] = [:]
        var failed: [Issuer: (at: Timestamp, problem: SignInProblem)] = [:]
        var asked: [Issuer: [Cause: [Timestamp]]] = [:]
    }

    private static let keptSeconds: Int64 = 600
    private static let failureSeconds: Int64 = 5
    /// So often in so many seconds.
    private static let (refetches, refetchSeconds): (Int, Int64) = (5, 300)

    private let errands: any ProviderErrands
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    init(errands: any ProviderErrands, now: @escaping @Sendable () -> Timestamp) {
        self.errands = errands
        self.now = now
    }

    func forget(_ issuer: Issuer) {
        state.withLock { ($0.known[issuer], $0.failed[issuer], $0.asked[issuer]) = (nil, nil, nil) }
    }

    func provider(_ issuer: Issuer) async throws(SignInProblem) -> KnownProvider {
        let now = now()
        let (known, failed) = state.withLock { ($0.known[issuer], $0.failed[issuer]) }
        if let known, now < known.fetched.adding(seconds: ProviderDirectory.keptSeconds) { return known }
        if let failed, now < failed.at.adding(seconds: ProviderDirectory.failureSeconds) { throw failed.problem }
        return try await fresh(issuer)
    }

    /// The provider with keys that are newer than those that didn't verify; nil when it was asked too often for such.
    func refetched(_ issuer: Issuer, because cause: Cause) async throws(SignInProblem) -> KnownProvider? {
        let now = now()
        let isAllowed = state.withLock { state in
            let since = now.adding(seconds: -ProviderDirectory.refetchSeconds)
            var times = (state.asked[issuer]?[cause] ?? []).filter { $0 > since }
            defer { state.asked[issuer, default: [:]][cause] = times }
            guard times.count < ProviderDirectory.refetches else { return false }
            times.append(now)
            return true
        }
        return isAllowed ? try await fresh(issuer) : nil
    }

    func fresh(_ issuer: Issuer) async throws(SignInProblem) -> KnownProvider {
        do throws(SignInProblem) {
            let known = try await fetch(issuer)
            state.withLock { ($0.known[issuer], $0.failed[issuer]) = (known, nil) }
            return known
        } catch {
            state.withLock { $0.failed[issuer] = (now(), error) }
            throw error
        }
    }

    private func fetch(_ issuer: Issuer) async throws(SignInProblem) -> KnownProvider {
        let configuration = try await json(at: issuer.origin, issuer.configurationPath)
        do throws(MetadataFault) {
            let metadata = try ProviderMetadata(configuration, of: issuer)
            let keys = try KeySet(try await keys(of: metadata))
            guard keys.count > 0 else { throw .keySet("it has none that signs as we take it") }
            return KnownProvider(metadata: metadata, keys: keys, fetched: now())
        } catch {
            throw .unreachable(error.message)
        }
    }

    private func keys(of metadata: ProviderMetadata) async throws(MetadataFault) -> JSON {
        do throws(SignInProblem) {
            return try await json(at: metadata.keys.origin, metadata.keys.target)
        } catch {
            throw .keySet(error.message)
        }
    }

    private func json(at origin: String, _ target: String) async throws(SignInProblem) -> JSON {
        let answer: UpstreamAnswer
        do throws(UpstreamFailure) {
            answer = try await errands.document(at: origin, target)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason): throw .unreachable("\(origin): \(reason)")
            }
        }
        guard answer.status == 200 else { throw .unreachable("\(origin)\(target) answers \(answer.status)") }
        guard let json = try? JSON.parse(answer.body) else { throw .unreachable("\(origin)\(target) isn't JSON") }
        return json
    }
}
