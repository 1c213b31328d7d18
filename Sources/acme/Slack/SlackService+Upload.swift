import NIOCore

/// https://docs.slack.dev/messaging/working-with-files#uploading_files
extension SlackService {
    private static let largest = 1 << 30

    /// https://docs.slack.dev/reference/methods/files.getUploadURLExternal: its arguments aren't read from JSON.
    func uploadURL(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard !call.contentType.hasPrefix("application/json") else { throw SlackRules.no("invalid_arguments") }
        let arguments = try SlackArguments(call)
        guard let name = arguments["filename"], !name.isEmpty, let length = arguments["length"].flatMap({ Int($0) })
        else {
            throw SlackRules.no("invalid_arguments")
        }
        guard length > 0 else { throw SlackRules.no("invalid_arguments") }
        guard length <= Self.largest else { throw SlackRules.no("file_upload_size_restricted") }
        let user = world.user(of: token)
        let ticket = SecretShape.code.mint()
        let id = world.step { state in
            let id = "F08" + String(1_000_000 + state.uploads.count)
            state.uploads[id] = SlackUpload(id: id, ticket: ticket, name: name, size: length, user: user)
            return id
        }
        return Answer(
            200,
            [
                "ok": true, "file_id": .string(id),
                "upload_url": .string("http://\(call.authority ?? "")/upload/v1/\(ticket)"),
            ])
    }

    /// Whoever knows the address may, once, with as many bytes as were announced.
    func upload(_ call: Call) throws(Answer) -> Answer {
        let bytes = [UInt8](call.body.readableBytesView)
        let isTaken = world.step { state in
            guard let upload = state.uploads.values.first(where: { $0.ticket == call.parameters["ticket"] }),
                upload.bytes == nil, upload.size == bytes.count
            else { return false }
            state.uploads[upload.id]?.bytes = bytes
            return true
        }
        guard isTaken else { throw Answer(400, nil, error: "bad_upload") }
        var answer = Answer(200, nil)
        answer.file = Array("OK - \(bytes.count)".utf8)
        return answer
    }

    func aboutUpload(_ call: Call) -> Party {
        let owner = world.step { state in
            state.uploads.values.first { $0.ticket == call.parameters["ticket"] }?.user.owner
        }
        return Party(owner: owner)
    }

    /// https://docs.slack.dev/reference/methods/files.completeUploadExternal: a file is shown once.
    func completeUpload(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let arguments = try SlackArguments(call)
        let user = world.user(of: token)
        let ids = try arguments.files()
        guard !ids.isEmpty else { throw SlackRules.no("invalid_arguments") }
        // Nobody's id is a conversation here, as it is where words are posted.
        if let wanted = arguments["channel_id"], wanted.hasPrefix("U") { throw SlackRules.no("channel_not_found") }
        let channel = try arguments["channel_id"].map { id throws(Answer) in try target(id, for: user) }
        let uploads = world.step { state in
            ids.compactMap { id -> SlackUpload? in
                guard let upload = state.uploads[id], upload.bytes != nil, !upload.isShown, upload.user.id == user.id
                else { return nil }
                return upload
            }
        }
        guard uploads.count == ids.count else { throw SlackRules.no("file_not_found") }
        if let channel {
            var draft = SlackMessage(user: user, text: arguments["initial_comment"] ?? "")
            draft.thread = arguments["thread_ts"]
            draft.files = uploads.map { ["id": .string($0.id), "name": .string($0.name), "size": .int($0.size)] }
            world.step { state in
                for upload in uploads {
                    state.uploads[upload.id]?.isShown = true
                    let file = SlackFile(
                        ["name": .string(upload.name), "bytes": .array((upload.bytes ?? []).map { .int(Int($0)) })],
                        id: upload.id, by: user, in: channel)
                    state.files[upload.id] = file
                }
            }
            _ = world.post(draft, to: channel)
        }
        return Answer(
            200,
            [
                "ok": true,
                "files": .array(uploads.map { ["id": .string($0.id), "title": .string($0.name)] }),
            ])
    }
}

extension SlackArguments {
    /// Ids of files: an array, or in a form its text.
    fileprivate func files() throws(Answer) -> [String] {
        let given = array("files") ?? self["files"].flatMap { try? JSONReader.read($0) }
        guard let items = given?.items else { throw SlackRules.no("invalid_arguments") }
        let ids = items.compactMap { $0["id"]?.text }
        guard ids.count == items.count else { throw SlackRules.no("invalid_arguments") }
        return ids
    }
}
