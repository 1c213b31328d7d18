/// How a connection stands, as people see it. The raw value is its name in JSON, in webhooks and in the store.
public enum ConnectionState: String, Sendable, CaseIterable {
    case active
    /// It works, and won't for long unless somebody does something or its provider answers again.
    case expiring
    /// Its owner has to connect again.
    case needsReconnect = "needs_reconnect"
    case revoked
    /// Whoever runs this home has to do something; the owner can't, and needn't.
    case operatorAction = "operator_action"

    /// Whether it is somebody's turn, or may soon be.
    public var needsSomebody: Bool {
        switch self {
        case .active, .revoked: false
        case .expiring, .needsReconnect, .operatorAction: true
        }
    }

    /// For people to read: `needs reconnect`.
    public var words: String { rawValue.replacing("_", with: " ") }
}

/// Why a connection stands as it does. The raw value is its name in JSON, in webhooks and in the store.
public enum ConnectionCause: String, Sendable, CaseIterable {
    case works
    /// Its token ends, and nothing renews it.
    case endsSoon = "ends_soon"
    /// Its provider doesn't renew its token just now; it is asked again.
    case notRenewed = "not_renewed"
    /// Its token ended, and nothing renews it.
    case ended
    /// The provider says that the grant is over.
    case grantOver = "grant_over"
    /// The provider wants something of the owner, such as a second factor.
    case ownerAsked = "owner_asked"
    /// The provider doesn't give these permissions any more.
    case permissionsRefused = "permissions_refused"
    /// The answer that held its next refresh token was lost.
    case answerLost = "answer_lost"
    /// The provider refused the credential itself.
    case refused
    /// It was made through another app than the one that is kept now.
    case otherApp = "other_app"
    /// Its provider gives tokens of another account than the one that was connected.
    case otherAccount = "other_account"
    /// Its record isn't what the ledger says.
    case notAsRecorded = "not_as_recorded"
    case revoked
    /// The key that it was made with ends, or the secret of our app does.
    case secretEnds = "secret_ends"
    /// A schedule says that the key that it was made with is to be replaced, or the secret of our app is.
    case rotationDue = "rotation_due"
    /// What was to be replaced by itself wasn't, and is tried again.
    case rotationFailed = "rotation_failed"
    /// It was replaced by itself, and the one before is gone.
    case keyRotated = "key_rotated"
    /// The provider refuses our app, so no connection through it can be renewed.
    case appRefused = "app_refused"
    case appMissing = "app_missing"
    /// The provider's own administrator forbids it.
    case providerForbids = "provider_forbids"
    /// Its seal can't be opened.
    case unopened
    /// Our app is itself there, and was given less than the agent's tools need.
    case permissionsLacking = "permissions_lacking"
    /// Of a remote server: tools aren't what somebody released any more.
    case toolsChanged = "tools_changed"
    /// Of a remote server: it lists tools that nobody has ever released.
    case toolsNew = "tools_new"
    /// Of a remote server: where its tokens come from isn't what was pinned any more.
    case authorizationChanged = "authorization_changed"
}
