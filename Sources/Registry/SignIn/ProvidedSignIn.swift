public import Authority
public import Gate

/// What a provider said of whoever stands before it, verified.
public struct ProvidedSignIn: Sendable {
    public let provided: ProvidedSession
    /// The groups of this organization that the provider decides about, and whether the person is in them.
    public let groups: [GroupID: Bool]
    /// The way to the provider and back, which is gone once.
    public let spending: SpentOnce
    /// What all this was verified under.
    public let unmoved: [EpochReading]

    public init(
        provided: ProvidedSession, groups: [GroupID: Bool], spending: SpentOnce, unmoved: [EpochReading]
    ) {
        self.provided = provided
        self.groups = groups
        self.spending = spending
        self.unmoved = unmoved
    }
}

/// Why a provider's word signs nobody in.
public enum ProvidedSignInRefusal: Error, Sendable {
    /// The login is nobody's here, or its person is suspended or gone.
    case unlinked(Login)
    /// This way to the provider and back was gone before.
    case replayed
    /// Another person is signed in in this browser.
    case somebodyElses
    case unavailable(RegistryError)
}
