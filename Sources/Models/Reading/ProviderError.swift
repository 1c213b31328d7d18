import Turns
import Wire

/// A refusal as model servers write it: an object `error` with a message, a type and a code; vLLM writes these without
/// the object around them.
struct ProviderError: Sendable {
    /// The status of the answer; nil within a stream, which had begun with 200.
    private let status: Int?
    private let retryAfter: Int?
    private let message: String
    /// Lower case: the type, the code, and the code of the details.
    private let kinds: Set<String>

    init(_ answer: ModelHTTPAnswer) {
        self.init(
            answer.status, answer.retryAfter, (try? JSON.parse(answer.body, limits: ModelLimits.json)) ?? .null)
    }

    /// An error that came as an event.
    init(event: JSON) {
        self.init(nil, nil, event)
    }

    private init(_ status: Int?, _ retryAfter: Int?, _ body: JSON) {
        self.status = status
        self.retryAfter = retryAfter
        let error = body["error"]?.objectValue == nil ? body : body["error"] ?? .null
        message = (error["message"]?.stringValue ?? body["error"]?.stringValue ?? "").inert
        kinds = Set(
            [error["type"], error["code"], error["details"]?["error_code"]].compactMap { $0?.stringValue?.lowercased() }
        )
    }

    /// What it means for the one who asked. Nothing of a body is told for a key that isn't taken: a server may repeat
    /// the key there.
    var failure: ModelFailure {
        if isAboutTheKey { return .refused("the model server doesn't take the key\(place)") }
        if isTooLong { return .tooLong("the request is too long for the model\(place)\(words)") }
        if isOutOfMoney { return .refused("the model server's account has nothing left\(place)\(words)") }
        if isUnfit { return .unfit("the model server refused the request\(place)\(words)") }
        if isTransient {
            return .later(after: hint, "the model server is busy or over a limit\(place)\(words)")
        }
        return .refused("the model server refused the request\(place)\(words)")
    }

    private var isAboutTheKey: Bool {
        status == 401 || kinds.contains("authentication_error") || kinds.contains("invalid_api_key")
    }

    private var isTooLong: Bool {
        if status == 413 || !kinds.isDisjoint(with: Self.tooLongKinds) { return true }
        guard status == nil || status == 400 || status == 422 else { return false }
        let told = message.lowercased()
        return Self.tooLongWords.contains { told.contains($0) }
    }

    private var isOutOfMoney: Bool {
        status == 402 || !kinds.isDisjoint(with: ["insufficient_quota", "billing_error", "billing_hard_limit_reached"])
            || kinds.contains { $0.hasSuffix("spend_limit_reached") }
    }

    /// Which part of a request it doesn't like few servers say. llama.cpp and its kin say of a picture that the fault is theirs,
    /// OpenRouter that there is no such place.
    private var isUnfit: Bool {
        switch status {
        case 400, 415, 422: true
        case nil: !isTransient
        case 404, 500: Self.pictureWords.contains { message.lowercased().contains($0) }
        case .some: false
        }
    }

    private var isTransient: Bool {
        guard let status else { return kinds.isEmpty || !kinds.isDisjoint(with: Self.transientKinds) }
        return status == 408 || status == 409 || status == 425 || status == 429 || (500...599).contains(status)
    }

    /// Seconds: the header's, else what the words say, which OpenAI's do.
    private var hint: Int? {
        (retryAfter ?? RetryWords.seconds(in: message)).map { min(max($0, 0), ModelLimits.wait) }
    }

    private var place: String { status.map { " (status \($0))" } ?? "" }

    private var words: String { message.isEmpty ? "" : ": `\(message)`" }

    private static let pictureWords = ["image input", "image_url", "input_image"]
    private static let transientKinds: Set = [
        "overloaded_error", "api_error", "rate_limit_error", "timeout_error", "server_error", "rate_limit_exceeded",
        "vector_store_timeout", "unavailable_error", "internal_error", "internalservererror",
    ]
    private static let tooLongKinds: Set = [
        "context_length_exceeded", "request_too_large", "exceed_context_size_error", "string_above_max_length",
    ]
    /// Anthropic's, vLLM's, llama.cpp's and others' words, which have no code of their own.
    private static let tooLongWords = [
        "prompt is too long", "exceed context limit", "maximum context length", "exceeds the available context size",
        "context window", "context length exceeded",
    ]
}
