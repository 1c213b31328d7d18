public import Authority

/// What servers say that a call lacks, kept for the next decision.
public protocol ScopeChallenges: Sendable {
    /// - Parameters:
    ///   - challenge: `WWW-Authenticate` of the refusal, as it came.
    ///   - tool: that was called.
    /// - Returns: whether the tool needs more from now on, so that the call is to be decided again.
    func challenged(_ challenge: String, to tool: String, in organization: OrganizationID) async -> Bool
}
