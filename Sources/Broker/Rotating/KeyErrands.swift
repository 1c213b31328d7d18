public import OAuth

/// What is asked of a provider about our own keys there. It follows no redirect.
public protocol KeyErrands: Sendable {
    /// - Throws: `notSent` or `lost`; whatever was answered comes back.
    func manage(_ question: KeyRequest, with token: TokenText) async throws(TokenProblem) -> KeyAnswer
}
