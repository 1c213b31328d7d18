import Wire

/// What a model server may send. Beyond it the reply is given up, whatever was heard of it.
public enum ModelLimits {
    /// The most bytes of one line of a stream.
    public static let lineBytes = 8 << 20
    /// The most bytes of one event. The last one of Responses repeats the request's instructions and tools.
    public static let eventBytes = 8 << 20
    /// The most bytes of a whole stream.
    public static let streamBytes = 256 << 20
    /// The most bytes of text in one reply.
    public static let textBytes = 4 << 20
    /// The most tool calls in one reply.
    public static let calls = 128
    /// The most bytes of one call's arguments.
    public static let argumentBytes = 1 << 20
    /// The most bytes of a tool's name, or of a call's id.
    public static let nameBytes = 256
    /// The most tokens that a server may say it counted; more is told as this many.
    public static let tokens = 1_000_000_000
    /// The most characters of a server's own words that are told on.
    public static let words = 300
    /// The longest wait that a server's hint asks for, in seconds.
    public static let wait = 86_400

    static let json = JSONLimits(bytes: eventBytes, depth: 64, members: 200_000)
}
