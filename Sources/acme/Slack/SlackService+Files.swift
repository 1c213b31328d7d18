extension SlackService {
    /// https://docs.slack.dev/reference/methods/files.info
    func fileInfo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let file = try file(try SlackArguments(call)["file"], for: world.user(of: token))
        let address = "http://\(call.authority ?? "")/files-pri/\(SlackWorld.team)-\(file.id)"
        return Answer(
            200,
            [
                "ok": true,
                "file": [
                    "id": .string(file.id), "name": .string(file.name), "mimetype": .string(file.type),
                    "size": .int(file.bytes.count), "user": .string(file.user.id), "user_team": .string(file.user.team),
                    "mode": "hosted", "is_external": false, "url_private": .string("\(address)/\(file.name)"),
                    "url_private_download": .string("\(address)/download/\(file.name)"),
                    "channels": .texts([file.channel]),
                ],
            ])
    }

    /// The bytes themselves, with the token in the header alone. Whoever may not is sent to a page to sign in.
    func download(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let id = call.parameters["file"]?.split(separator: "-").last.map(String.init)
        guard call.bearer != nil, let file = try? file(id, for: world.user(of: token)) else {
            throw Answer.redirect("/?redir=\(call.path)", error: "not_authed")
        }
        var answer = Answer(200, nil)
        answer.file = file.bytes
        return answer
    }

    private func file(_ id: String?, for user: SlackUser) throws(Answer) -> SlackFile {
        let found = world.step { state in id.flatMap { state.files[$0] } }
        guard let found, let channel = world.channels.first(where: { $0.id == found.channel }),
            channel.isSeen(by: user)
        else { throw SlackRules.no("file_not_found") }
        return found
    }
}
