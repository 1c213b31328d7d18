import Wire

/// What a leaf says that became of the tokens beside a connection: their writing before and after, 0 for none.
struct TokenStep: Sendable, Equatable {
    /// Nil where the leaf doesn't say.
    let from: Int64?
    let to: Int64

    /// Stands in every leaf that tells of a renewal.
    static let mark = Array("\"change\":\"tokens.renewed\"".utf8)

    /// - Parameter now: the writing that was told last, for a leaf that says nothing of the one before.
    init?(_ leaf: JSON, now: Int64?) {
        let from = leaf["of"]?.integerValue ?? now
        let hasTokens = leaf["tokens"]?.stringValue != nil
        switch leaf["change"]?.stringValue {
        case _ where Told.isAdded(leaf): self.init(from: 0, to: hasTokens ? 1 : 0)
        case "connection.reconnected", "connection.named":
            guard let from else { return nil }
            self.init(from: from, to: hasTokens ? from + 1 : 0)
        case "connection.revoked": self.init(from: from, to: 0)
        case "tokens.renewed":
            guard let generation = leaf["generation"]?.integerValue else { return nil }
            self.init(from: from, to: generation)
        case _: return nil
        }
    }

    private init(from: Int64?, to: Int64) {
        self.from = from
        self.to = to
    }

    /// Whether a leaf is about tokens that may be others after it.
    static func isIn(_ leaf: JSON) -> Bool {
        switch leaf["change"]?.stringValue {
        case "connection.reconnected", "connection.named", "connection.revoked", "tokens.renewed": true
        case _: Told.isAdded(leaf)
        }
    }
}
