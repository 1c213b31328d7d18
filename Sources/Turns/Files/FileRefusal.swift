/// Why a file isn't opened, as it is counted.
public enum FileRefusal: String, Sendable, CaseIterable {
    case type = "file-type"
    case size = "file-size"
    /// More than go with one message.
    case many = "file-many"
    /// It isn't what its type says.
    case content = "file-content"
    /// It is a picture, and no model of the agent sees.
    case unseen = "file-unseen"
    /// Its channel doesn't give it.
    case gone = "file-gone"
}
