/// A file that an app brings: a place for it, its bytes, and then a conversation in which it is shown.
struct SlackUpload: Sendable {
    let id: String
    /// What whoever puts bytes there has to know, and nothing else.
    let ticket: String
    let name: String
    let size: Int
    let user: SlackUser
    /// Nil until they were put there.
    var bytes: [UInt8]?
    var isShown = false
}
