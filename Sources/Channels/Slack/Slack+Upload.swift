public import Turns
import Wire

/// Files are brought in three steps: https://docs.slack.dev/messaging/working-with-files#uploading_files. Nobody sees one before
/// the third.
extension SlackChannel: UploadingChannel {
    private static let placing = "/api/files.getUploadURLExternal"

    /// Slack takes these arguments from a query or a form alone.
    public func request(placing file: OutboundFile) -> ChannelRequest {
        ChannelRequest(
            method: "GET",
            path: "\(Self.placing)?filename=\(PercentEncoding.encode(file.name))&length=\(file.bytes.count)",
            body: .null)
    }

    public func place(_ answer: ChannelAnswer) -> UploadPlace {
        let body = try? JSON.parse(answer.body)
        if answer.status == 200, body?["ok"]?.boolValue == true {
            guard let handle = body?["file_id"]?.stringValue, SlackID.isWellFormed(handle),
                let address = body?["upload_url"]?.stringValue
            else { return .failed(.refused("Slack doesn't say where the file goes")) }
            return .at(handle: handle, address: address)
        }
        let request = ChannelRequest(method: "GET", path: Self.placing, body: .null)
        switch SlackAnswer(answer, to: request).outcome {
        // A place that nobody uses is nothing.
        case .unknown(let reason): return .failed(.retry(after: nil, reason))
        case .delivered: return .failed(.refused("Slack doesn't say where the file goes"))
        case let outcome: return .failed(outcome)
        }
    }

    public func isPut(_ answer: ChannelAnswer) -> Bool { answer.status == 200 }

    public func request(_ request: ChannelRequest, after said: String?) -> ChannelRequest? {
        guard request.path == SlackMethod.share.rawValue, request.body["channel_id"] == nil else { return request }
        // What is for one alone goes where they were told the words, and nowhere that others read.
        guard let channel = said?.split(separator: "/").first.map(String.init), SlackPlace.isDirect(channel),
            SlackID.isWellFormed(channel), var body = request.body.objectValue
        else { return nil }
        body["channel_id"] = .string(channel)
        return ChannelRequest(method: request.method, path: request.path, body: .object(body))
    }
}
