public import Turns
import Wire

/// What Slack says of a file: https://docs.slack.dev/reference/methods/files.info
extension SlackChannel: FileChannel {
    public func request(aboutFile id: String, atMost most: Int) -> ChannelRequest? {
        guard SlackID.isWellFormed(id), id.hasPrefix("F") else { return nil }
        return ChannelRequest(method: "GET", path: "/api/files.info?file=\(id)", body: .null)
    }

    public func file(
        _ answer: ChannelAnswer, _ id: String, for account: ChannelAccount
    ) -> CensusAnswer<ChannelFile> {
        guard let settings = try? SlackSettings(account.settings) else {
            return .refused("the account's settings are odd")
        }
        guard answer.status == 200, let body = try? JSON.parse(answer.body) else {
            return .refused("Slack answered with status \(answer.status)")
        }
        guard body["ok"]?.boolValue == true else {
            let code = body["error"]?.stringValue ?? ""
            return .refused(SlackRefusal(rawValue: code)?.sentence ?? "Slack doesn't give it")
        }
        guard let file = body["file"], file["id"]?.stringValue == id else { return .refused("Slack gave another file") }
        let teams = [file["user_team"], file["source_team"]].compactMap { $0?.stringValue }
        guard file["is_external"]?.boolValue != true, teams.allSatisfy(settings.isHome) else {
            return .refused("it isn't kept in this workspace")
        }
        guard let address = file["url_private_download"]?.stringValue, let size = file["size"]?.integerValue, size >= 0
        else { return .refused("Slack doesn't say where it is") }
        return .found(
            ChannelFile(
                name: file["name"]?.stringValue ?? id,
                mediaType: file["mimetype"]?.stringValue ?? "application/octet-stream", size: Int(clamping: size),
                bytes: .at(address)))
    }
}
