import HTTPTypes

/// Anthropic's Messages (platform.claude.com/docs/en/api/messages) with a model that follows a script.
struct AnthropicService: Service {
    let name = ServiceName.anthropic
    let world: ModelsWorld

    var routes: [Route<Operation>] {
        [
            Route(
                .post, "/v1/messages",
                Operation(name: "anthropic.messages.create", limit: .perMinute(4_000), run: create)),
            Route(
                .get, "/v1/models",
                Operation(name: "anthropic.models.list", limit: .perMinute(4_000)) { _, _ throws(Answer) in
                    Answer(
                        200,
                        [
                            "data": .array(
                                AnthropicRules.models.keys.sorted().map { ["type": "model", "id": .string($0)] }),
                            "has_more": false,
                        ])
                }),
        ]
    }

    /// The header of its documentation, or the one that its package sends since version 2.
    func secret(in call: Call) -> String? {
        call.header("x-api-key") ?? call.bearer
    }

    func screen(_ call: Call) -> Answer? {
        guard let version = call.header("anthropic-version") else {
            return AnthropicRules.invalid("anthropic-version: header is required")
        }
        guard AnthropicRules.versions[version] != nil else {
            return AnthropicRules.invalid("anthropic-version: \"\(version)\" is not a valid version")
        }
        return nil
    }

    func refuse(_ refusal: Refusal) -> Answer {
        AnthropicRules.refuse(refusal).adding("request-id", "req_acme")
    }

    func finish(_ answer: Answer, for operation: Operation, token: Token) -> Answer {
        answer.adding("request-id", world.id("req_")).adding("anthropic-organization-id", "acme")
    }

    private func create(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let body = try? call.json() else { throw AnthropicRules.refuse(.badBody) }
        do throws(Answer) {
            for gone in AnthropicRules.versions[call.header("anthropic-version") ?? ""] ?? [] where body[gone] != nil {
                throw AnthropicRules.invalid("\(gone): Extra inputs are not permitted")
            }
            let read = try AnthropicTalk(body)
            let plan = world.answer(read.talk, at: .anthropic)
            world.note(.anthropic, "anthropic.messages.create", token, body, status: 200)
            return AnthropicReply(world, body["model"]?.text ?? "", plan, input: read.input)
                .answer(streamed: body["stream"]?.truth == true)
        } catch {
            world.note(.anthropic, "anthropic.messages.create", token, body, status: error.status)
            throw error
        }
    }
}
