import ArgumentParser
import Wire

struct ApprovalsWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print what waits, and then each change as it comes, until Ctrl-C.",
        discussion: "With `--json` each approval is one line, at first and whenever it changes.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        var known = try await states()
        let waiting = known.values.filter { $0["state"]?.stringValue == "waiting" }.sorted(by: isEarlier)
        if common.json {
            for approval in waiting { print(approval.text) }
        } else {
            ApprovalText.table(waiting).show(whenEmpty: "Nothing waits.")
            FileHandleOutput.flush()
            FileHandleOutput.standardError("Watching. Ctrl-C ends it.\n")
        }
        while true {
            FileHandleOutput.flush()
            try await Task.sleep(for: .seconds(1))
            let now = try await states()
            for approval in now.values.filter({ known[id($0)] != $0 }).sorted(by: isEarlier) {
                print(common.json ? approval.text : ApprovalText.line(approval))
            }
            known = now
        }
    }

    private func states() async throws -> [String: JSON] {
        let answer = try await common.send("GET", ["approvals"], query: ["all": "true"])
        return Dictionary((answer["approvals"]?.arrayValue ?? []).map { (id($0), $0) }) { first, _ in first }
    }

    private func id(_ approval: JSON) -> String { approval["id"]?.stringValue ?? "" }

    private func isEarlier(_ left: JSON, _ right: JSON) -> Bool {
        (left["created"]?.integerValue ?? 0, id(left)) < (right["created"]?.integerValue ?? 0, id(right))
    }
}
