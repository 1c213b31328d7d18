import Authority
import Broker
import Gate
import Registry
import Synchronization
import Wire

/// What must never be written: any valid credential of the provider does.
final class AnyCredential: CredentialSource {
    private let inner: any CredentialSource
    private let first = Mutex<[ProviderID: ConnectionUse]>([:])

    init(_ inner: any CredentialSource) {
        self.inner = inner
    }

    func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential {
        let any = first.withLock { first in
            if first[use.facts.provider] == nil { first[use.facts.provider] = use }
            return first[use.facts.provider]
        }
        return try await inner.credential(for: any ?? use, by: agent)
    }

    func credential(
        for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64
    ) async throws(CredentialError) -> Credential? { nil }

    func isRefused(_ answer: UpstreamAnswer, for use: ConnectionUse) -> Bool { false }
}

/// Facts that were read for somebody else.
final class ForgetfulFacts: Facts {
    private let inner: any Facts
    private let key: @Sendable (ToolCallRequest) -> String
    private let known = Mutex<[String: AuthorityFacts]>([:])

    init(_ inner: any Facts, key: @escaping @Sendable (ToolCallRequest) -> String) {
        self.inner = inner
        self.key = key
    }

    func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        if let known = known.withLock({ $0[key(request)] }) { return known }
        let found = try await inner.facts(for: request)
        known.withLock { $0[key(request)] = found }
        return found
    }
}
