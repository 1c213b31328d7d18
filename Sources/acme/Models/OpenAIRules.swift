import HTTPTypes

/// How OpenAI says no (developers.openai.com/api/docs/guides/error-codes), and what its two protocols take.
enum OpenAIRules {
    static let accounts = ["acme", "alice"].map { Account(service: .openai, owner: $0, scopes: [], shape: .openai) }

    /// The context and the longest reply of each model, in tokens.
    static let models = [
        "gpt-acme-1": (128_000, 32_000), "gpt-acme-small": (2_000, 500), OpenAIRules.blind: (128_000, 32_000),
    ]
    /// Takes no pictures.
    static let blind = "gpt-acme-blind"

    static func no(
        _ status: Int, _ message: String, type: String = "invalid_request_error", code: String? = nil,
        param: String? = nil
    ) -> Answer {
        Answer(status, body(message, type: type, code: code, param: param), error: code ?? type)
    }

    static func body(_ message: String, type: String, code: String? = nil, param: String? = nil) -> JSON {
        [
            "error": [
                "message": .string(message), "type": .string(type), "param": .text(param), "code": .text(code),
            ]
        ]
    }

    static func invalid(_ message: String, param: String? = nil, code: String? = nil) -> Answer {
        no(400, message, code: code, param: param)
    }

    static func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken:
            no(401, "You didn't provide an API key. You need to provide your API key in an Authorization header.")
        case .unknownToken, .revokedToken, .expiredToken:
            no(401, "Incorrect API key provided.", code: "invalid_api_key")
        case .missingScope: no(403, "You have insufficient permissions for this operation.")
        case .rateLimited(let seconds): limited(after: seconds).adding("retry-after", String(seconds))
        case .noSuchOperation(let call): no(404, "Invalid URL (\(call.method.rawValue) \(call.path))")
        case .otherMethod(let call): no(405, "Not allowed to \(call.method.rawValue) on \(call.path)")
        case .badBody: invalid("We could not parse the JSON body of your request.")
        case .fault(let status): fault(status)
        }
    }

    static func limited(after seconds: Int) -> Answer {
        no(
            429, "Rate limit reached for requests. Please try again in \(seconds)s.", type: "requests",
            code: "rate_limit_exceeded")
    }

    private static func fault(_ status: Int) -> Answer {
        switch status {
        case 401: no(401, "Incorrect API key provided.", code: "invalid_api_key")
        case 402: no(429, "You exceeded your current quota.", type: "insufficient_quota", code: "insufficient_quota")
        case 404: no(404, "Not found")
        case 429: limited(after: 1)
        case 503: no(503, "The engine is currently overloaded, please try again later", type: "server_error")
        case 500...: no(status, "The server had an error while processing your request", type: "server_error")
        case _: no(status, "Invalid request")
        }
    }

    static func check(_ body: JSON, _ shape: Shape) throws(Answer) {
        do throws(Shape.Problem) {
            try shape.check(body)
        } catch {
            throw said(error)
        }
    }

    static func said(_ problem: Shape.Problem) -> Answer {
        let path = path(problem.path)
        return switch problem.kind {
        case .missing:
            invalid("Missing required parameter: '\(path)'.", param: path, code: "missing_required_parameter")
        case .unknown: invalid("Unknown parameter: '\(path)'.", param: path, code: "unknown_parameter")
        case .type(let expected):
            invalid("Invalid type for '\(path)': expected \(expected).", param: path, code: "invalid_type")
        case .value(let words): invalid("Invalid '\(path)': \(words).", param: path, code: "invalid_value")
        }
    }

    /// `messages[0].role`
    private static func path(_ parts: [String]) -> String {
        parts.reduce("") { path, part in
            Int(part) != nil ? path + "[\(part)]" : path.isEmpty ? part : path + "." + part
        }
    }

    /// A picture of a part, by its data alone; nil for a part of words.
    static func picture(_ part: JSON, param: String) throws(Answer) -> SentPicture? {
        guard let given = part["image_url"], let address = given.text ?? given["url"]?.text else { return nil }
        do throws(SentPicture.Problem) {
            return try SentPicture(dataURL: address)
        } catch {
            throw invalid(
                "You uploaded an unsupported image. Please make sure your image has one of the following formats: "
                    + "['png', 'jpeg', 'gif', 'webp'].", param: param, code: "invalid_image_format")
        }
    }

    static let detail = Shape.Field("detail", .word(["auto", "low", "high", "original"]))

    /// What is written in parts, and what is seen in them.
    static func text(_ content: JSON?, param: String) throws(Answer) -> String {
        var parts: [String] = []
        for part in content?.items ?? [] {
            if let text = part["text"]?.text { parts.append(text) }
            if let picture = try picture(part, param: param) { parts.append(picture.words) }
        }
        return content?.text ?? parts.joined(separator: "\n")
    }

    /// The tokens of the request, when the model is there and has room for them.
    static func input(_ body: JSON, most: Int?, param: String) throws(Answer) -> (input: Int, most: Int) {
        let model = body["model"]?.text ?? ""
        guard let (context, longest) = models[model] else {
            throw no(
                404, "The model `\(model)` does not exist or you do not have access to it.", code: "model_not_found")
        }
        let most = most ?? longest
        guard most <= longest else {
            throw invalid(
                "\(param) is too large: \(most). This model supports at most \(longest) completion tokens.",
                param: param, code: "invalid_value")
        }
        guard model != blind || body.pictures == 0 else {
            throw invalid("Invalid content type. image_url is only supported by certain models.", param: param)
        }
        let input = ScriptedModel.tokens(body.withoutPictures.line) + 765 * body.pictures
        guard input <= context else {
            throw invalid(
                "This model's maximum context length is \(context) tokens. However, your messages resulted in \(input) "
                    + "tokens. Please reduce the length of the messages.",
                param: "messages", code: "context_length_exceeded")
        }
        return (input, most)
    }
}
