/// What Linux says of this process, under the names that every Prometheus client uses.
public struct ProcessFigures: Sendable, Hashable {
    public var cpuSeconds = 0.0
    public var residentBytes = 0.0
    public var virtualBytes = 0.0
    public var openFiles = 0.0
    public var mostFiles = 0.0
    public var startSeconds = 0.0
    public var threads = 0.0

    public init() {}

    /// - Parameters:
    ///   - stat: `/proc/self/stat` (proc(5)). Its second field may hold anything, so fields count from the last `)`.
    ///   - limits: `/proc/self/limits`.
    ///   - bootSeconds: `btime` of `/proc/stat`.
    /// - Returns: nil when `stat` isn't one.
    public init?(
        stat: String, limits: String, openFiles: Int, bootSeconds: Double, ticksPerSecond: Double, pageBytes: Double
    ) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        // The third field of proc(5) is the first one here.
        let fields = stat[end...].dropFirst().split { $0 == " " || $0 == "\n" }.map { Double($0) ?? 0 }
        guard fields.count > 21, ticksPerSecond > 0 else { return nil }
        cpuSeconds = (fields[11] + fields[12]) / ticksPerSecond
        threads = fields[17]
        startSeconds = bootSeconds + fields[19] / ticksPerSecond
        virtualBytes = fields[20]
        residentBytes = fields[21] * pageBytes
        self.openFiles = Double(openFiles)
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        mostFiles = line.flatMap { $0.split(separator: " ").dropFirst(3).first }.flatMap { Double($0) } ?? 0
    }

    public var families: [MetricFamily] {
        [
            .counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", cpuSeconds),
            .gauge("process_resident_memory_bytes", "Resident memory size in bytes.", residentBytes),
            .gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", virtualBytes),
            .gauge("process_open_fds", "Number of open file descriptors.", openFiles),
            .gauge("process_max_fds", "Maximum number of open file descriptors.", mostFiles),
            .gauge("process_threads", "Number of threads.", threads),
            .gauge(
                "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", startSeconds),
        ]
    }
}
