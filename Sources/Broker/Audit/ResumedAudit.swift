import Authority
import Gate
import Ledger
import Wire

/// Called between two pieces of an audit, so that it can leave the machine to the calls.
public typealias AuditRest = @Sendable () async throws -> Void

/// An audit that goes on from a mark: it reads the records after it, and every connection once, a page at a time.
///
/// A connection that no record since the mark is about has to be what the sum of the mark stands for; the others are
/// compared with their records. Whatever doesn't come out right says only that, and the whole ledger has to be read.
struct ResumedAudit {
    private struct Touched {
        /// What was told of it at the mark; nil when it was added later.
        let first: Told?
        var now: Told
    }

    private struct TouchedTokens {
        let first: Int64
        var now: Int64
    }

    private struct Page {
        let after: ConnectionID?
        /// Nil for the last page.
        let last: ConnectionID?
        var sum: ConnectionSum

        func holds(_ id: String) -> Bool {
            (after.map { $0.raw < id } ?? true) && (last.map { id <= $0.raw } ?? true)
        }
    }

    private let audit: VaultAudit
    private let organization: OrganizationID
    private let mark: AuditMark
    private let rest: AuditRest
    private var tail: LedgerTail
    private var touched: [String: Touched] = [:]
    private var touchedTokens: [String: TouchedTokens] = [:]
    private var pages: [Page] = []

    private static let pageSize = 500

    init(_ audit: VaultAudit, of organization: OrganizationID, from mark: AuditMark, rest: @escaping AuditRest)
        async throws
    {
        self.audit = audit
        self.organization = organization
        self.mark = mark
        self.rest = rest
        tail = try LedgerTail(
            after: mark.tree, previous: mark.previous,
            checkpoint: try await audit.signedCheckpoint(of: .organization(organization)))
    }

    /// The next mark; nil when this way shows nothing.
    mutating func run() async throws -> AuditMark? {
        guard try await readOn() != nil else { return nil }
        try await readPages()
        var failed: Int64?
        while true {
            guard let news = try await readOn() else { return nil }
            if !news.isEmpty {
                try await readAgain(news)
            } else if try await areAsTold() {
                return nextMark()
            } else if failed == tail.tree.size {
                return nil
            } else {
                // Or something was changed while it was looked at: then there are records of it by now.
                failed = tail.tree.size
            }
        }
    }

    /// - Returns: the connections that a record is about for the first time since the mark; nil when one doesn't say what
    ///   was before it.
    private mutating func readOn() async throws -> Set<String>? {
        let tree = TreeID.organization(organization)
        let head = try await audit.ledger.head(of: tree)
        var news: Set<String> = []
        while tail.tree.size < head.size {
            let limit = Int(min(1000, head.size - tail.tree.size))
            let batch = try await audit.ledger.records(of: tree, from: tail.tree.size, limit: limit)
            if batch.isEmpty { break }
            for record in batch {
                try tail.add(LedgerVerifier.StoredRecord(record.bytes, hash: record.hash))
                // It doesn't say of which connections.
                guard Told.ownerOfRevoked(record.bytes) == nil else { return nil }
                guard record.bytes.holds(Told.mark) || record.bytes.holds(TokenStep.mark),
                    let (id, leaf) = Told.leaf(record.bytes)
                else { continue }
                guard take(leaf, of: id, &news), takeTokens(leaf, of: id, &news) else { return nil }
            }
            try await rest()
        }
        try tail.compare(size: head.size, root: head.root)
        return news
    }

    /// - Returns: false when the leaf doesn't say what was before it.
    private mutating func take(_ leaf: JSON, of id: String, _ news: inout Set<String>) -> Bool {
        guard Told.changes(leaf) else { return true }
        if touched[id] == nil {
            guard let first = begin(leaf) else { return false }
            touched[id] = first
            news.insert(id)
            if Told.isAdded(leaf) { return true }
        }
        var now = touched[id]?.now
        Told.take(leaf, &now)
        if let now { touched[id]?.now = now }
        return true
    }

    private mutating func takeTokens(_ leaf: JSON, of id: String, _ news: inout Set<String>) -> Bool {
        guard TokenStep.isIn(leaf) else { return true }
        guard let step = TokenStep(leaf, now: touchedTokens[id]?.now) else { return false }
        if touchedTokens[id] == nil {
            guard let from = step.from else { return false }
            touchedTokens[id] = TouchedTokens(first: from, now: step.to)
            news.insert(id)
        }
        touchedTokens[id]?.now = step.to
        return true
    }

    private func begin(_ leaf: JSON) -> Touched? {
        if Told.isAdded(leaf) { return Touched(first: nil, now: Told(leaf)) }
        return Told(before: leaf).map { Touched(first: $0, now: $0) }
    }

    private mutating func readPages() async throws {
        var after: ConnectionID?
        while true {
            let rows = try await audit.connections.connections(in: organization, after: after, limit: Self.pageSize)
            let isLast = rows.count < Self.pageSize
            let last = isLast ? nil : rows.last?.id
            pages.append(Page(after: after, last: last, sum: try await sum(rows, after: after, through: last)))
            if isLast { return }
            after = rows.last?.id
            try await rest()
        }
    }

    /// The pages that hold connections which were changed meanwhile: they count no longer.
    private mutating func readAgain(_ news: Set<String>) async throws {
        for index in pages.indices where news.contains(where: { pages[index].holds($0) }) {
            let page = pages[index]
            var (after, sum) = (page.after, ConnectionSum())
            while true {
                let rows = try await audit.connections.connections(in: organization, after: after, limit: Self.pageSize)
                let own = rows.filter { page.holds($0.id.raw) }
                let isLast = own.count < rows.count || rows.count < Self.pageSize
                let last = isLast ? page.last : rows.last?.id
                sum.add(try await self.sum(own, after: after, through: last))
                if isLast { break }
                after = last
            }
            pages[index].sum = sum
            try await rest()
        }
    }

    private struct Unlike: Error {}

    private func sum(
        _ rows: [ConnectionRecord], after: ConnectionID?, through last: ConnectionID?
    ) async throws -> ConnectionSum {
        var sum = ConnectionSum()
        for row in rows where touched[row.id.raw] == nil {
            guard row.health == .revoked || audit.sealFault(row) == nil else { throw Unlike() }
            sum.add(Told(row), of: row.id.raw, under: mark.key)
        }
        let known = Dictionary(rows.map { ($0.id, $0) }) { _, last in last }
        let sets = try await audit.connections.tokens(in: organization, after: after, through: last)
        for tokens in sets where touchedTokens[tokens.connection.raw] == nil {
            guard let row = known[tokens.connection], isRight(tokens, of: row) else { throw Unlike() }
            if row.health != .revoked {
                sum.add(tokens: tokens.generation, of: row.id.raw, under: mark.key)
            }
        }
        return sum
    }

    /// Whatever writing of them is told.
    private func isRight(_ tokens: TokenSet?, of row: ConnectionRecord) -> Bool {
        audit.fault(tokens, of: row, told: tokens?.generation ?? 0) == nil
    }

    private func areAsTold() async throws -> Bool {
        var expected = mark.sum
        for (id, touched) in touched {
            if let first = touched.first { expected.subtract(first, of: id, under: mark.key) }
        }
        for (id, tokens) in touchedTokens { expected.subtract(tokens: tokens.first, of: id, under: mark.key) }
        guard untouched == expected else { return false }
        for (id, touched) in touched.sorted(by: { $0.key < $1.key }) {
            guard let row = try await audit.connections.connection(ConnectionID(id)) else {
                if touched.now.health == .revoked { continue }
                return false
            }
            if audit.fault(row, touched.now) != nil { return false }
        }
        for (id, told) in touchedTokens.sorted(by: { $0.key < $1.key }) {
            // Without its row a connection is wrong already, or was revoked and has no tokens.
            guard let row = try await audit.connections.connection(ConnectionID(id)) else { continue }
            let tokens = try await audit.connections.tokens(of: row.id)
            if audit.fault(tokens, of: row, told: told.now) != nil { return false }
        }
        return true
    }

    private var untouched: ConnectionSum {
        var sum = ConnectionSum()
        for page in pages { sum.add(page.sum) }
        return sum
    }

    private func nextMark() -> AuditMark {
        var sum = untouched
        for (id, touched) in touched { sum.add(touched.now, of: id, under: mark.key) }
        for (id, tokens) in touchedTokens { sum.add(tokens: tokens.now, of: id, under: mark.key) }
        return AuditMark(tree: tail.tree, previous: tail.previous, sum: sum, key: mark.key)
    }
}
