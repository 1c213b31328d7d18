/// How Anthropic says no (platform.claude.com/docs/en/api/errors), and what its Messages take.
enum AnthropicRules {
    static let accounts = ["acme", "alice"].map {
        Account(service: .anthropic, owner: $0, scopes: [], shape: .anthropic)
    }

    /// Each with the members that it no longer takes.
    static let versions = ["2023-06-01": [], "2026-10-21": ["temperature", "top_p", "top_k"]]

    /// The context and the longest reply of each model, in tokens.
    static let models = [
        "claude-acme-1": (200_000, 64_000), "claude-acme-small": (2_000, 500),
        AnthropicRules.blind: (200_000, 64_000),
    ]
    /// Takes no pictures.
    static let blind = "claude-acme-blind"

    static func no(_ status: Int, _ type: String, _ message: String) -> Answer {
        Answer(
            status,
            [
                "type": "error", "error": ["type": .string(type), "message": .string(message)],
                "request_id": "req_acme",
            ], error: type)
    }

    static func invalid(_ message: String) -> Answer {
        no(400, "invalid_request_error", message)
    }

    static func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken: no(401, "authentication_error", "x-api-key header is required")
        case .unknownToken, .revokedToken, .expiredToken: no(401, "authentication_error", "invalid x-api-key")
        case .missingScope: no(403, "permission_error", "Your API key does not have permission to use the resource")
        case .rateLimited(let seconds):
            no(429, "rate_limit_error", "This request would exceed your organization's rate limit.")
                .adding("retry-after", String(seconds))
        case .noSuchOperation: no(404, "not_found_error", "Not Found")
        case .otherMethod: no(405, "invalid_request_error", "Method Not Allowed")
        case .badBody: invalid("The request body is not valid JSON")
        case .fault(let status): fault(status)
        }
    }

    private static func fault(_ status: Int) -> Answer {
        switch status {
        case 401: no(401, "authentication_error", "invalid x-api-key")
        case 402: no(402, "billing_error", "Your credit balance is too low")
        case 403: no(403, "permission_error", "Forbidden")
        case 404: no(404, "not_found_error", "Not Found")
        case 413: no(413, "request_too_large", "Request exceeds the maximum size")
        case 429: no(429, "rate_limit_error", "This request would exceed your organization's rate limit.")
        case 504: no(504, "timeout_error", "Request timed out")
        case 529: no(529, "overloaded_error", "Overloaded")
        case 500...: no(status, "api_error", "Internal server error")
        case _: no(status, "invalid_request_error", "Invalid request")
        }
    }

    static func said(_ problem: Shape.Problem) -> Answer {
        let words =
            switch problem.kind {
            case .missing: "Field required"
            case .unknown: "Extra inputs are not permitted"
            case .type(let expected): "Input should be a valid \(expected)"
            case .value(let words): words
            }
        return invalid((problem.path + [""]).joined(separator: ".").dropLast() + ": " + words)
    }

    static let request = Shape.object(
        [
            .init("model", .string, isRequired: true), .init("max_tokens", .whole(1...1_000_000), isRequired: true),
            .init("messages", .list(.kind("role", ["user": said, "assistant": said]), least: 1), isRequired: true),
            .init("system", .text(or: .list(.kind("type", ["text": text]), least: 0))),
            .init("stream", .flag), .init("stop_sequences", .list(.string, least: 0)),
            .init("tools", .list(.object(tool), least: 0)), .init("temperature", .number(0...1)),
            .init("top_p", .number(0...1)), .init("top_k", .whole(0...1_000_000)),
        ]
            + .anything(
                "cache_control", "container", "diagnostics", "inference_geo", "metadata", "output_config",
                "service_tier", "speed", "thinking", "tool_choice", "user_profile_id", "workspace_id"))

    private static let said: [Shape.Field] = [
        .init(
            "content",
            .text(
                or: .list(
                    .kind("type", ["text": text, "image": image, "tool_use": use, "tool_result": result]), least: 1)),
            isRequired: true)
    ]
    /// A picture's data. https://platform.claude.com/docs/en/build-with-claude/vision
    static let longestImage = 5 << 20
    static let longestSide = 8_000

    static func picture(_ block: JSON, at place: String) throws(Answer) -> SentPicture {
        let source = block["source"]
        let data = source?["data"]?.text ?? ""
        guard data.utf8.count <= longestImage else {
            throw invalid(
                "\(place).source.base64: image exceeds 5 MB maximum: \(data.utf8.count) bytes > \(longestImage) bytes")
        }
        let picture: SentPicture
        do throws(SentPicture.Problem) {
            picture = try SentPicture(data, saying: source?["media_type"]?.text ?? "")
        } catch {
            switch error {
            case .otherKind(let kind):
                throw invalid(
                    "\(place).source.base64.data: The image was specified using the \(source?["media_type"]?.text ?? "") "
                        + "media type, but the image appears to be a \(kind) image")
            case .notBase64, .unknownKind: throw invalid("\(place).source.base64.data: Could not process image")
            }
        }
        guard max(picture.width, picture.height) <= longestSide else {
            throw invalid(
                "\(place).source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels"
            )
        }
        return picture
    }

    private static let image: [Shape.Field] =
        [
            .init(
                "source",
                .kind(
                    "type",
                    [
                        "base64": [
                            .init("media_type", .word(SentPicture.types), isRequired: true),
                            .init("data", .string, isRequired: true),
                        ]
                    ]), isRequired: true)
        ] + .anything("cache_control")
    private static let text: [Shape.Field] =
        [.init("text", .string, isRequired: true)] + .anything("cache_control", "citations")
    private static let use: [Shape.Field] =
        [
            .init("id", .name(longest: 256), isRequired: true), .init("name", .name(longest: 200), isRequired: true),
            .init("input", .map, isRequired: true),
        ] + .anything("cache_control", "caller", "toolset_name")
    private static let result: [Shape.Field] =
        [
            .init("tool_use_id", .name(longest: 256), isRequired: true),
            .init("content", .text(or: .list(.kind("type", ["text": text, "image": image]), least: 0))),
            .init("is_error", .flag),
        ] + .anything("cache_control", "toolset_name")
    private static let tool: [Shape.Field] =
        [
            .init("name", .name(longest: 128), isRequired: true), .init("description", .string),
            .init("input_schema", .map, isRequired: true), .init("type", .word(["custom"])),
        ]
        + .anything(
            "cache_control", "strict", "defer_loading", "eager_input_streaming", "input_examples", "allowed_callers")
}
