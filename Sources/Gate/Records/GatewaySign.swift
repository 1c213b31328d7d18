public import Authority
public import Ledger

/// The last heartbeat of one gateway in one tree, beside the leaf that shows it: whoever starts next finds in it who wasn't
/// stopped, however long the tree is.
public struct GatewaySign: Sendable, Hashable {
    public let tree: TreeID
    public let gateway: String
    public let phase: Heartbeat.Phase
    public let time: Timestamp
    /// Seconds until the next one was due.
    public let interval: Int64

    public init(tree: TreeID, gateway: String, phase: Heartbeat.Phase, time: Timestamp, interval: Int64) {
        self.tree = tree
        self.gateway = gateway
        self.phase = phase
        self.time = time
        self.interval = interval
    }
}

public enum SignChange: StoredChange {
    /// In the place of the gateway's sign of before.
    case keep(GatewaySign)
    /// Nobody asks after this gateway any more: it was stopped, or somebody has said that it crashed.
    case forget(TreeID, gateway: String)
}

public protocol SignStore: Sendable {
    /// Of the gateways that run, that crashed since somebody looked, and of the last ones that were stopped, by their names.
    func signs(in tree: TreeID) async throws -> [GatewaySign]
}
