import Authority
import Gate
import Glibc
import Storage
import Telemetry
import Turns

/// What a home comes to now. Read at each scrape, so it is cheap whatever the home holds; what has to be counted row by row
/// is kept for half a minute.
actor HomeFigures: MetricSource {
    private static let freshness = Duration.seconds(30)

    private let home: Home
    private let signing: LedgerSigning
    private var counted: (at: ContinuousClock.Instant, figures: StoreFigures, cards: CardFigures)?

    init(home: Home, signing: LedgerSigning) {
        self.home = home
        self.signing = signing
    }

    func families() async -> [MetricFamily] {
        let store = home.store
        let files: [MetricFamily] =
            store.isShared
            ? []
            : [
                .labelled(
                    "deputy_store_bytes", "Bytes of the embedded store's files.", "file",
                    [("database", ""), ("log", "-wal")].map { ($0, FileSize.of(home.paths.database + $1)) })
            ]
        return files + [
            .counter(
                "deputy_commit_groups_total", "Durable commits of one or many transactions.", Double(store.groups)),
            .gauge("deputy_store_writable", "Whether the last commit could be written.", store.isWritable ? 1 : 0),
            .gauge("deputy_commits_waiting", "Transactions that wait for the next commit.", Double(store.queued)),
        ] + (await counts()) + (await ledger()) + (await notices())
    }

    private func counts() async -> [MetricFamily] {
        if counted.map({ ContinuousClock.now - $0.at > HomeFigures.freshness }) ?? true {
            guard let figures = try? await home.store.figures(), let cards = try? await home.store.cardFigures() else {
                return []
            }
            counted = (.now, figures, cards)
        }
        guard let figures = counted?.figures, let cards = counted?.cards else { return [] }
        return [
            .labelled(
                "deputy_connections", "Connections by health.", "health",
                figures.connections.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value)) }),
            .labelled(
                "deputy_calls_open", "Calls with an intent and no known outcome, by state.", "state",
                CallState.allCases.map { ($0.rawValue, Double(figures.calls[$0.rawValue] ?? 0)) }),
            .gauge(
                "deputy_approvals_waiting", "Approvals that nobody has answered, or that aren't carried out yet.",
                Double(figures.pendingApprovals)),
        ] + HomeFigures.families(of: cards)
    }

    private func ledger() async -> [MetricFamily] {
        var sizes: [(tree: TreeID, size: Int64)] = []
        do {
            for tree in try await home.store.trees() {
                sizes.append((tree, try await home.store.head(of: tree).size))
            }
        } catch {
            return []
        }
        return [
            .labelled(
                "deputy_ledger_records", "Records of each tree of the ledger.", "tree",
                sizes.map { ($0.tree.raw, Double($0.size)) }),
            .labelled(
                "deputy_ledger_unsigned_records", "Records of each tree that no checkpoint covers yet.", "tree",
                sizes.map { tree, size in (tree.raw, Double(max(size - signing.size(of: tree), 0))) }),
        ]
    }

    private static func families(of cards: CardFigures) -> [MetricFamily] {
        [
            .labelled(
                "deputy_approval_cards", "What approvers are shown of calls that wait, of the last thirty days.",
                "outcome",
                [("owed", Double(cards.owed))]
                    + CardOutcome.allCases.map { ($0.rawValue, Double(cards.outcomes[$0] ?? 0)) }),
            .gauge(
                "deputy_approval_cards_rerouted", "Of those, the ones that went another way than the first.",
                Double(cards.rerouted)),
            .gauge(
                "deputy_approvers_unreached", "Approvers whom nothing showed a call that waits still.",
                Double(cards.unreached)),
        ]
    }

    private func notices() async -> [MetricFamily] {
        guard let notices = try? await home.store.noticeCounts() else { return [] }
        return [
            .labelled(
                "deputy_notices", "Notices of the outbox by state.", "state",
                NoticeState.allCases.map { ($0.rawValue, Double(notices[$0] ?? 0)) })
        ]
    }
}

enum FileSize {
    /// In bytes; 0 when there is no such file.
    static func of(_ path: String) -> Double {
        var status = stat()
        return stat(path, &status) == 0 ? Double(status.st_size) : 0
    }
}
