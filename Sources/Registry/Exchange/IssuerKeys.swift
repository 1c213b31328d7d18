public import Authority
public import Gate
import OAuth
import OpenID
import Synchronization
import Wire

/// Why an issuer's keys can't be had. Safe to show to whoever registered it.
struct UnreachableKeys: Error, Hashable {
    let message: String
}

/// The keys of issuers, fetched when they are needed and kept for ten minutes. A token with an unknown key makes its issuer
/// be asked once more, and not often: who makes up keys must not make us ask all the time, nor keep us from asking for
/// another client.
public final class IssuerKeys: Sendable {
    /// Gets a document from an origin by path and query, within limits of time and size; follows no redirect.
    public typealias Fetch = @Sendable (String, String) async throws(UpstreamFailure) -> UpstreamAnswer

    private struct Place: Hashable {
        let issuer: Issuer
        let keys: String?
    }

    private struct State {
        var known: [Place: (keys: KeySet, at: Timestamp)] = [:]
        var failed: [Place: (error: UnreachableKeys, at: Timestamp)] = [:]
        var asked: [Place: [OAuthClientID: [Timestamp]]] = [:]
    }

    private static let keptSeconds: Int64 = 600
    private static let failureSeconds: Int64 = 5
    /// So often in so many seconds.
    private static let (refetches, refetchSeconds): (Int, Int64) = (5, 300)

    private let fetch: Fetch
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    public init(now: @escaping @Sendable () -> Timestamp, fetch: @escaping Fetch) {
        self.now = now
        self.fetch = fetch
    }

    func keys(of issuer: TokenIssuer) async throws(UnreachableKeys) -> KeySet {
        let (place, now) = (Place(issuer: issuer.issuer, keys: issuer.keys), now())
        let (known, failed) = state.withLock { ($0.known[place], $0.failed[place]) }
        if let known, now < known.at.adding(seconds: IssuerKeys.keptSeconds) { return known.keys }
        if let failed, now < failed.at.adding(seconds: IssuerKeys.failureSeconds) { throw failed.error }
        return try await fresh(issuer)
    }

    /// Keys that are newer than those that didn't verify; nil when they were asked for too often for this client.
    func newer(of issuer: TokenIssuer, for client: OAuthClientID) async throws(UnreachableKeys) -> KeySet? {
        let (place, now) = (Place(issuer: issuer.issuer, keys: issuer.keys), now())
        let isAllowed = state.withLock { state in
            let since = now.adding(seconds: -IssuerKeys.refetchSeconds)
            var times = (state.asked[place]?[client] ?? []).filter { $0 > since }
            defer { state.asked[place, default: [:]][client] = times }
            guard times.count < IssuerKeys.refetches else { return false }
            times.append(now)
            return true
        }
        return isAllowed ? try await fresh(issuer) : nil
    }

    /// The keys as they are now.
    func fresh(_ issuer: TokenIssuer) async throws(UnreachableKeys) -> KeySet {
        let place = Place(issuer: issuer.issuer, keys: issuer.keys)
        do throws(UnreachableKeys) {
            let keys = try await fetched(issuer)
            state.withLock { ($0.known[place], $0.failed[place]) = ((keys, now()), nil) }
            return keys
        } catch {
            state.withLock { $0.failed[place] = (error, now()) }
            throw error
        }
    }

    private func fetched(_ issuer: TokenIssuer) async throws(UnreachableKeys) -> KeySet {
        do throws(MetadataFault) {
            let endpoint: Endpoint
            if let text = issuer.keys {
                endpoint = try Endpoint(keys: text, of: issuer.issuer)
            } else {
                endpoint = try Endpoint(keysNamedBy: try await metadata(of: issuer.issuer), of: issuer.issuer)
            }
            let keys = try KeySet(try await json(at: endpoint.origin, endpoint.target))
            guard keys.count > 0 else { throw .keySet("it has none that signs as we take it") }
            return keys
        } catch {
            throw UnreachableKeys(message: error.message)
        }
    }

    /// As OpenID Connect has it, else as RFC 8414 does.
    private func metadata(of issuer: Issuer) async throws(MetadataFault) -> JSON {
        let first: MetadataFault
        do throws(MetadataFault) {
            return try await json(at: issuer.origin, issuer.configurationPath)
        } catch { first = error }
        do throws(MetadataFault) {
            return try await json(at: issuer.origin, issuer.metadataPath)
        } catch { throw first }
    }

    private func json(at origin: String, _ target: String) async throws(MetadataFault) -> JSON {
        let answer: UpstreamAnswer
        do throws(UpstreamFailure) {
            answer = try await fetch(origin, target)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason): throw .document("\(origin): \(reason)")
            }
        }
        guard answer.status == 200 else { throw .document("\(origin)\(target) answers \(answer.status)") }
        guard let json = try? JSON.parse(answer.body) else { throw .document("\(origin)\(target) isn't JSON") }
        return json
    }
}
