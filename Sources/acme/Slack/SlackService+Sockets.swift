import HTTPTypes

extension SlackService {
    /// Slack takes the token from the header alone here, and nothing but POST.
    func openSocket(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard call.method == .post else { throw SlackRules.no("insecure_request") }
        guard call.bearer != nil else { throw SlackRules.no("invalid_auth") }
        guard let app = world.app(token.owner), app.requestURL == nil, let url = sockets.ticket(for: app) else {
            throw SlackRules.no("forbidden_team")
        }
        return Answer(200, ["ok": true, "url": .string(url)])
    }
}
