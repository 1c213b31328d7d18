/// Why the public face can't be shown as it was asked for, and the way out.
public struct FaceError: Error, Equatable {
    public enum Code: String, Sendable {
        /// A network isn't written as one.
        case network
        /// A certificate or its key can't be used.
        case tls
        /// What was asked for would show people's sessions to the network.
        case exposed
        /// There is no such limit, or it can't be that.
        case limit
    }

    public let code: Code
    public let message: String
    public let hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
