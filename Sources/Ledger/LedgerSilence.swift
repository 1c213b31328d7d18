/// A stretch of time for which a tree doesn't show that a gateway ran and recorded everything. It breaks no promise by
/// itself, machines stop and crash; whoever says that one ran then has to show its records.
public struct LedgerSilence: Sendable, Hashable {
    public enum Cause: String, Sendable, CaseIterable {
        /// No heartbeat for more than two intervals: no gateway was running, or its leaves are missing.
        case silent
        /// A gateway ended without being told to.
        case crashed
        /// A heartbeat's number isn't the next one, or its gateway never started: heartbeats are missing.
        case heartbeatsMissing = "heartbeats_missing"
        /// The gateway counted more than is recorded: leaves are missing.
        case leavesMissing = "leaves_missing"
        /// The clock was set: the gateway ran on, and its times can't be trusted here.
        case clockSet = "clock_set"
    }

    public let cause: Cause
    public let gateway: String
    /// The index of the record that shows it.
    public let position: Int64
    /// Microseconds since 1970: the last sign before and the first one after.
    public let from: Int64
    public let until: Int64
}
