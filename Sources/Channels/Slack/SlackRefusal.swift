/// Why Slack didn't take a message, as it names it: https://docs.slack.dev/reference/methods/chat.postMessage#errors
enum SlackRefusal: String, CaseIterable {
    enum Kind {
        /// Never this way.
        case final
        /// Not now; nothing was done.
        case passing
        /// Not now, whatever is sent.
        case busy
        /// Something may have been done.
        case doubtful
    }

    case channelNotFound = "channel_not_found"
    case notInChannel = "not_in_channel"
    case archived = "is_archived"
    case userNotInChannel = "user_not_in_channel"
    case userNotFound = "user_not_found"
    case cannotDM = "cannot_dm_bot"
    case messagesTabDisabled = "messages_tab_disabled"
    case restricted = "restricted_action"
    case messageNotFound = "message_not_found"
    case cannotUpdate = "cant_update_message"
    case editWindowClosed = "edit_window_closed"
    case accountInactive = "account_inactive"
    case invalidAuth = "invalid_auth"
    case notAuthed = "not_authed"
    case tokenRevoked = "token_revoked"
    case missingScope = "missing_scope"
    case tooLong = "msg_too_long"
    case blocksTooLong = "msg_blocks_too_long"
    case invalidBlocks = "invalid_blocks"
    case teamAccess = "team_access_not_granted"
    case tokenExpired = "token_expired"
    case rateLimited = "ratelimited"
    case oldRateLimited = "rate_limited"
    case requestTimeout = "request_timeout"
    case serviceUnavailable = "service_unavailable"
    case internalError = "internal_error"
    case fatalError = "fatal_error"

    var kind: Kind {
        switch self {
        case .channelNotFound, .notInChannel, .archived, .userNotInChannel, .userNotFound, .cannotDM,
            .messagesTabDisabled, .restricted, .messageNotFound, .cannotUpdate, .editWindowClosed, .accountInactive,
            .invalidAuth, .notAuthed, .tokenRevoked, .missingScope, .tooLong, .blocksTooLong, .invalidBlocks,
            .teamAccess:
            .final
        case .tokenExpired, .requestTimeout: .passing
        case .rateLimited, .oldRateLimited: .busy
        case .serviceUnavailable, .internalError, .fatalError: .doubtful
        }
    }

    var sentence: String {
        switch self {
        case .channelNotFound: "the conversation isn't there, or the app may not see it: invite the app to it"
        case .notInChannel: "the app isn't in the channel: invite it with `/invite`"
        case .archived: "the channel is archived"
        case .userNotInChannel: "the person isn't in the channel any more"
        case .userNotFound: "Slack knows no such person"
        case .cannotDM: "the reader is a bot, and bots have no conversation with each other"
        case .messagesTabDisabled: "the app takes no direct messages: turn on its messages tab"
        case .restricted: "the workspace doesn't let the app post there"
        case .messageNotFound: "the message to change isn't there any more"
        case .cannotUpdate: "the message to change isn't the app's"
        case .editWindowClosed: "the workspace doesn't let messages be changed any more"
        case .accountInactive: "the app's user is deactivated: install the app again"
        case .invalidAuth, .notAuthed: "Slack doesn't know the app's token: connect the account again"
        case .tokenRevoked: "the app's token was revoked: connect the account again"
        case .missingScope: "the app lacks a scope: compare it with the manifest, and install it again"
        case .tooLong, .blocksTooLong: "the message is too long for Slack"
        case .invalidBlocks: "Slack can't draw the message"
        case .teamAccess: "the app isn't installed in that workspace"
        case .tokenExpired: "the app's token ended and is being renewed"
        case .rateLimited, .oldRateLimited: "Slack takes no more messages for now"
        case .requestTimeout: "Slack didn't get the whole message"
        case .serviceUnavailable: "Slack is unavailable"
        case .internalError, .fatalError: "something failed within Slack"
        }
    }
}
