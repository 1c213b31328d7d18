import ArgumentParser
import Wire

struct ConnectionsAttentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention", abstract: "List what isn't well: connections, and what stops many of them at once.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["connections", "attention"])
        common.show(answer) {
            var table = Table("SINCE", "PROVIDER", "STATE", "BECAUSE", "OWNER", .whole("ABOUT"), .whole("NEXT STEP"))
            for event in answer["attention"]?.arrayValue ?? [] {
                let count = event["count"]?.integerValue ?? 1
                table.add(
                    event["at"]?.integerValue.map(Moment.text) ?? "", event["provider"]?.stringValue ?? "",
                    ConnectionText.state(event), (event["cause"]?.stringValue ?? "").replacing("_", with: " "),
                    event["owner"]?.stringValue ?? "",
                    event["connection"]?.stringValue ?? about(event, count), event["next_step"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "Nothing needs anybody.")
        }
    }

    private func about(_ event: JSON, _ count: Int64) -> String {
        switch event["about"]?.stringValue {
        case "server", "new_tools": "its tools, or where its tokens come from"
        case "app": "our app" + (event["agent"]?.stringValue.map { " for \($0)" } ?? "")
        case nil, _?: count > 1 ? "\(count) connections" : "our app"
        }
    }
}
