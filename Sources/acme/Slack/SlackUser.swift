/// Somebody in the workspace, or in another that shares a channel with it.
struct SlackUser: Sendable {
    let owner: String
    let id: String
    let name: String
    var botID: String?
    var appID: String?
    /// The workspace they are of.
    var team = SlackWorld.team
    var isGuest = false
    var isDeactivated = false

    var isAway: Bool { team != SlackWorld.team }
}
