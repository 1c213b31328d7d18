import FoundationEssentials
import Glibc
import Telemetry

/// Reads `/proc`.
enum ProcessReader {
    /// Since the machine started; it doesn't change.
    private static let bootSeconds: Double = {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) } ?? 0
    }()

    /// Nil where there is no `/proc`.
    static func read() -> ProcessFigures? {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8) else { return nil }
        return ProcessFigures(
            stat: stat, limits: (try? String(contentsOfFile: "/proc/self/limits", encoding: .utf8)) ?? "",
            openFiles: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0,
            bootSeconds: bootSeconds, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageBytes: Double(sysconf(Int32(_SC_PAGESIZE))))
    }
}
