public import Wire

/// What a model is asked: the same for every protocol.
public struct ModelRequest: Sendable, Hashable {
    public let system: String
    public let messages: [ModelMessage]
    public let tools: [ModelTool]

    public init(system: String, messages: [ModelMessage], tools: [ModelTool]) {
        self.system = system
        self.messages = messages
        self.tools = tools
    }
}

public enum ModelMessage: Sendable, Hashable {
    case user(String)
    case assistant(String, [ModelToolCall])
    /// The answers to all tool calls of the message before.
    case results([ModelToolResult])
}

public struct ModelTool: Sendable, Hashable {
    public let name: String
    public let description: String
    /// A JSON schema of type `object`.
    public let schema: JSON

    public init(name: String, description: String, schema: JSON) {
        self.name = name
        self.description = description
        self.schema = schema
    }
}

public struct ModelToolCall: Sendable, Hashable {
    /// The model's own id of the call.
    public let id: String
    public let name: String
    /// What the model wrote. Not JSON when it wrote something else, and then the call is answered with an error.
    public let arguments: String

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

public struct ModelToolResult: Sendable, Hashable {
    public let call: String
    public let text: String
    public let isError: Bool
    public var picture: ModelPicture?

    public init(call: String, text: String, isError: Bool, picture: ModelPicture? = nil) {
        self.call = call
        self.text = text
        self.isError = isError
        self.picture = picture
    }
}

/// What a model answered.
public struct ModelReply: Sendable, Hashable {
    public enum Ending: String, Sendable, CaseIterable {
        case finished, tools, length, refused
    }

    public let text: String
    public let calls: [ModelToolCall]
    public let ending: Ending
    public let usage: ModelUsage

    public init(text: String, calls: [ModelToolCall], ending: Ending, usage: ModelUsage) {
        self.text = text
        self.calls = calls
        self.ending = ending
        self.usage = usage
    }
}

/// Tokens, as the server counted them.
public struct ModelUsage: Sendable, Hashable {
    public var input: Int
    public var output: Int

    public init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }
}

/// Why a model didn't answer, in words that hold no secret.
public enum ModelFailure: Error, Sendable, Hashable {
    /// Busy or over a limit: the same again after so many seconds, or when the caller sees fit.
    case later(after: Int?, String)
    /// This endpoint won't answer this request: another one may.
    case refused(String)
    /// This endpoint won't answer this request for what it holds: told otherwise it may.
    case unfit(String)
    /// The request is too long for the model.
    case tooLong(String)
}

extension ModelFailure {
    var reason: String {
        switch self {
        case .later(_, let reason), .refused(let reason), .unfit(let reason), .tooLong(let reason): reason
        }
    }
}
