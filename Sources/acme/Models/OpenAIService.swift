import HTTPTypes

/// OpenAI's Chat Completions and Responses (developers.openai.com/api/docs) with a model that follows a script.
struct OpenAIService: Service {
    let name = ServiceName.openai
    let world: ModelsWorld

    var routes: [Route<Operation>] {
        [
            Route(
                .post, "/v1/chat/completions",
                operation("openai.chat.completions.create") { [world] body throws(Answer) in
                    let read = try ChatTalk(body)
                    return ChatReply(
                        world, body["model"]?.text ?? "", world.answer(read.talk, at: .openai), input: read.input
                    ).answer(
                        streamed: body["stream"]?.truth == true,
                        withUsage: body["stream_options"]?["include_usage"]?.truth == true)
                }),
            Route(
                .get, "/v1/models",
                Operation(name: "openai.models.list", limit: .perMinute(10_000)) { _, _ throws(Answer) in
                    Answer(
                        200,
                        [
                            "object": "list",
                            "data": .array(
                                OpenAIRules.models.keys.sorted().map { ["id": .string($0), "object": "model"] }),
                        ])
                }),
            Route(
                .post, "/v1/responses",
                operation("openai.responses.create") { [world] body throws(Answer) in
                    let read = try ResponsesTalk(body)
                    return ResponsesReply(world, body, world.answer(read.talk, at: .openai), input: read.input)
                        .answer(streamed: body["stream"]?.truth == true)
                }),
        ]
    }

    private func operation(
        _ name: String, _ run: @escaping @Sendable (JSON) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: name, limit: .perMinute(10_000)) { [world] call, token throws(Answer) in
            guard let body = try? call.json() else { throw OpenAIRules.refuse(.badBody) }
            do throws(Answer) {
                let answer = try run(body)
                world.note(.openai, name, token, body, status: 200)
                return answer
            } catch {
                world.note(.openai, name, token, body, status: error.status)
                throw error
            }
        }
    }

    func refuse(_ refusal: Refusal) -> Answer {
        OpenAIRules.refuse(refusal).adding("x-request-id", "req_acme")
    }

    func finish(_ answer: Answer, for operation: Operation, token: Token) -> Answer {
        answer.adding("x-request-id", world.id("req_")).adding("openai-organization", "acme")
    }
}
