import Authority
import Models
import Testing
import Turns
import Wire

struct ErrorTests {
    enum Meaning: Sendable { case later(Int?), refused, unfit, tooLong }

    private func answer(_ status: Int, _ body: String, retryAfter: Int? = nil) async -> ModelFailure? {
        let server = ScriptedServer(status: status, retryAfter: retryAfter, body: Array(body.utf8))
        return await outcome(of: server, .chat).failure
    }

    private func hasMeaning(_ failure: ModelFailure?, _ meaning: Meaning) -> Bool {
        switch (failure, meaning) {
        case (.later(let after, _), .later(let wanted)): after == wanted
        case (.refused, .refused), (.unfit, .unfit), (.tooLong, .tooLong): true
        case (.later, _), (.refused, _), (.unfit, _), (.tooLong, _), (nil, _): false
        }
    }

    @Test(arguments: [
        (429, #"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}"#, Meaning.later(nil)),
        (529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .later(nil)),
        (500, "", .later(nil)), (502, "<html>Bad gateway</html>", .later(nil)), (503, "[]", .later(nil)),
        (
            429,
            #"{"error":{"message":"Limit 3. Please try again in 20s. Visit","type":"tokens","code":"rate_limit_exceeded"}}"#,
            .later(20)
        ),
        (429, #"{"error":{"message":"Please try again in 350ms.","code":"rate_limit_exceeded"}}"#, .later(1)),
        (429, #"{"error":{"message":"Please try again in 6m1.5s.","code":"rate_limit_exceeded"}}"#, .later(362)),
        (429, #"{"error":{"message":"Please try again in a while","code":"rate_limit_exceeded"}}"#, .later(nil)),
        (429, #"{"error":{"message":"Please try again in 99999999999999999999d"}}"#, .later(86_400)),
        (
            429,
            #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            .refused
        ),
        (
            429,
            #"{"error":{"type":"rate_limit_error","message":"x","details":{"error_code":"contract_spend_limit_reached"}}}"#,
            .refused
        ),
        (
            400,
            #"{"error":{"type":"invalid_request_error","message":"prompt is too long: 200251 tokens > 200000 maximum"}}"#,
            .tooLong
        ),
        (
            400, #"{"error":{"message":"Too many","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            .tooLong
        ),
        (
            400,
            #"{"object":"error","message":"This model's maximum context length is 4096 tokens","type":"BadRequestError","code":400}"#,
            .tooLong
        ),
        (
            400,
            #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
            .tooLong
        ),
        (
            413, #"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
            .tooLong
        ),
        (400, #"{"error":{"type":"invalid_request_error","message":"messages: roles must alternate"}}"#, .unfit),
        (415, "", .unfit), (422, #"{"detail":[{"type":"string_type"}]}"#, .unfit),
        (
            400, #"{"object":"error","message":"m is not a multimodal model","type":"BadRequestError","code":400}"#,
            .unfit
        ),
        (500, #"{"error":{"code":500,"message":"image input is not supported - hint","type":"server_error"}}"#, .unfit),
        (500, #"{"error":{"code":500,"message":"Unsupported content part type: \"image_url\""}}"#, .unfit),
        (404, #"{"error":{"message":"No endpoints found that support image input","code":404}}"#, .unfit),
        (429, #"{"error":{"message":"image input: over the limit","code":"rate_limit_exceeded"}}"#, .later(nil)),
        (400, #"{"error":{"type":"billing_error","message":"x"}}"#, .refused),
        (403, #"{"error":{"type":"permission_error","message":"no"}}"#, .refused),
        (404, #"{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}"#, .refused),
        (404, #"{"error":"model 'm' not found"}"#, .refused), (302, "", .refused), (204, "", .refused),
    ])
    func `a refusal means what its server means by it`(status: Int, body: String, meaning: Meaning) async {
        let failure = await answer(status, body)
        #expect(hasMeaning(failure, meaning), "\(String(describing: failure))")
        // Planted: the same with another meaning isn't taken.
        #expect(!hasMeaning(failure, meaning.other))
    }

    @Test func `the header's wait goes before the words', and has an end`() async {
        let words = #"{"error":{"message":"Please try again in 20s."}}"#
        #expect(hasMeaning(await answer(429, words, retryAfter: 7), .later(7)))
        #expect(hasMeaning(await answer(529, "", retryAfter: .max), .later(86_400)))
        #expect(hasMeaning(await answer(529, "", retryAfter: -3), .later(0)))
    }

    @Test(arguments: [
        ([:], nil), (["retry-after": "7"], 7), (["retry-after": "1.2"], 2), (["retry-after": "x"], nil),
        (["retry-after-ms": "1500", "retry-after": "7"], 2), (["retry-after": "-1"], nil),
        (["retry-after": "inf"], nil), (["retry-after": "1e99"], nil),
        (["retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"], nil),
    ])
    func `the wait is read from the headers`(headers: [String: String], wait: Int?) {
        #expect(ModelHTTPAnswer(status: 429, body: []) { headers[$0] }.retryAfter == wait)
    }

    @Test func `a server's words are told inert and short`() async {
        let nasty = #"{"error":{"message":"a`b\n\u001b[31m\u202ec\#(String(repeating: "x", count: 9_999))"}}"#
        guard case .unfit(let told) = await answer(400, nasty) else {
            Issue.record("not refused")
            return
        }
        #expect(told.hasPrefix("the model server refused the request (status 400): `a'b  [31m\\u{202e}cxxx"))
        #expect(told.count < 400)
        #expect(!told.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }

    @Test func `nothing is told of a body about the key, which may repeat it`() async {
        let body = #"{"error":{"message":"Incorrect API key provided: sk-secret","code":"invalid_api_key"}}"#
        for status in [401, 400] {
            let failure = await answer(status, body)
            #expect(hasMeaning(failure, .refused))
            #expect(!String(describing: failure).contains("sk-secret"))
        }
    }

    @Test(arguments: [
        (
            ModelProtocol.anthropic, #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#,
            Meaning.later(nil)
        ),
        (.anthropic, #"{"type":"error","error":{"type":"invalid_request_error","message":"x"}}"#, .unfit),
        (
            .anthropic, #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}"#,
            .tooLong
        ),
        (.chat, #"{"error":{"message":"x","type":"server_error"}}"#, .later(nil)),
        (.chat, #"{"error":{"message":"x","type":"BadRequestError","code":400}}"#, .unfit),
        (.responses, #"{"type":"error","code":"rate_limit_exceeded","message":"Please try again in 3s"}"#, .later(3)),
        (
            .responses, #"{"type":"response.failed","response":{"error":{"code":"server_error","message":"x"}}}"#,
            .later(nil)
        ),
        (
            .responses, #"{"type":"response.failed","response":{"error":{"code":"invalid_prompt","message":"x"}}}"#,
            .unfit
        ),
        (.responses, #"{"type":"error","code":"context_length_exceeded","message":"x"}"#, .tooLong),
    ])
    func `an error in the middle of a stream is one too`(
        speaks: ModelProtocol, event: String, meaning: Meaning
    ) async throws {
        let recorded = try #require(try Corpus.recorded().first { $0.speaks == speaks })
        let begun = recorded.bytes.prefix(recorded.bytes.count / 2)
        let text = String(decoding: begun, as: UTF8.self)
        let last = try #require(text.ranges(of: "\n\n").last)
        let stream = text[..<last.upperBound] + "event: error\ndata: \(event)\n\n"
        let failure = await outcome(of: ScriptedServer(pieces: [Array(stream.utf8)]), speaks).failure
        #expect(hasMeaning(failure, meaning), "\(String(describing: failure))")
    }
}

extension ErrorTests.Meaning {
    var other: Self {
        switch self {
        case .later: .refused
        case .refused: .unfit
        case .unfit: .tooLong
        case .tooLong: .later(nil)
        }
    }
}
