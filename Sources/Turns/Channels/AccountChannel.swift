public import Authority
public import Wire

/// A channel with accounts that are set up. What only its platform knows of them, it says itself.
public protocol AccountChannel: Sendable {
    var traits: ChannelTraits { get }

    /// What is wrong with the settings of an account; nil when nothing is.
    func problem(in settings: JSONObject) -> String?

    /// What is wrong with a secret for an account that is told in this way; nil when nothing is.
    ///
    /// - Parameter secret: what its platform signs with, or a token that opens sockets.
    func problem(with secret: [UInt8], told delivery: ChannelAccount.Delivery) -> ChannelProblem?

    /// What is wrong with answering by a connection to the channel's own provider; nil when nothing is.
    func problem(with connection: AnsweringConnection, in settings: JSONObject) -> ChannelProblem?
}

extension AccountChannel {
    public func problem(with secret: [UInt8], told delivery: ChannelAccount.Delivery) -> ChannelProblem? { nil }

    public func problem(with connection: AnsweringConnection, in settings: JSONObject) -> ChannelProblem? { nil }
}

/// The connection by which an account answers.
public struct AnsweringConnection: Sendable, Hashable {
    public let id: ConnectionID
    /// As its provider calls it.
    public let account: String
    /// As its provider calls the app that it was made through; nil where nobody said.
    public let app: String?

    public init(id: ConnectionID, account: String, app: String?) {
        self.id = id
        self.account = account
        self.app = app
    }
}

/// Why an account can't be set up like that, and the way out.
public struct ChannelProblem: Error, Hashable {
    public let sentence: String
    public let hint: String

    public init(_ sentence: String, hint: String) {
        self.sentence = sentence
        self.hint = hint
    }
}
