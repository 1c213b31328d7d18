import FoundationEssentials
import Logging
import Telemetry

/// The level that a running gateway can be given: one word in the home's file `log-level`.
struct LogLevelFile {
    let path: String

    /// Nil when there is no such file.
    ///
    /// - Throws: `CommandFailure` when it holds anything but a level.
    func read() throws -> Logger.Level? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let word = text.filter { !$0.isWhitespace }
        guard let level = Logger.Level(rawValue: word) else {
            throw CommandFailure(
                .refused, "invalid", "`\(path)` doesn't hold a level",
                hint: "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return level
    }
}

extension Composition {
    /// Takes the level of the home's file, or that of the command where there is none.
    var logLevelReload: Reload.Action {
        Reload.Action(name: "log level") {
            [sink = instruments.sink, file = home.paths.logLevel, level = ground.settings.observe.level] in
            sink.level = try file.read() ?? level
        }
    }
}
