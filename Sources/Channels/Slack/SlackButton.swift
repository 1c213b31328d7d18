import Turns

/// The buttons under what we send, by their `action_id`.
enum SlackButton: String, CaseIterable {
    case approve = "deputy.approve"
    case deny = "deputy.deny"
    /// Only opens a page; Slack tells us all the same.
    case open = "deputy.open"

    var choice: ButtonPress.Choice? {
        switch self {
        case .approve: .approve
        case .deny: .deny
        case .open: nil
        }
    }
}
