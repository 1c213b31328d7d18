public import Authority
public import Gate

/// No credential at all, for what is sent on our own account.
public struct NoCredentials: CredentialSource {
    public init() {}

    public func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential {
        throw .gone
    }

    public func credential(
        for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64
    ) async throws(CredentialError) -> Credential? { nil }

    public func isRefused(_ answer: UpstreamAnswer, for use: ConnectionUse) -> Bool { false }
}
