/// Where a person writes to agents from.
public struct SendersView: PageView {
    public static let template = "senders"

    public struct Row: Sendable {
        public let sender: String
        /// As it is sent back.
        public let value: String
        public let channel: String
        public let proof: String
        public let since: String

        public init(sender: String, value: String, channel: String, proof: String, since: String) {
            self.sender = sender
            self.value = value
            self.channel = channel
            self.proof = proof
            self.since = since
        }
    }

    public let title = "Where you write from"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}
