import Authority
import Gate
import Glibc
import Storage
import Telemetry

/// What a home comes to now: read at each scrape, so it is cheap whatever the home holds.
struct HomeFigures: MetricSource {
    let home: Home
    let signing: LedgerSigning

    func families() async -> [MetricFamily] {
        let store = home.store
        var families = [
            MetricFamily(
                "deputy_store_bytes", "Bytes of the embedded store's files.", .gauge,
                [("database", ""), ("log", "-wal")].map { name, end in
                    MetricSample(FileSize.of(home.paths.database + end), [MetricLabel("file", name)])
                }),
            .counter(
                "deputy_commit_groups_total", "Durable commits, each of one or many transactions.", Double(store.groups)
            ),
            .gauge("deputy_store_writable", "Whether the last commit could be written.", store.isWritable ? 1 : 0),
        ]
        if let sizes = try? await ledgerSizes() {
            families.append(
                MetricFamily(
                    "deputy_ledger_records", "Records of each tree of the ledger.", .gauge,
                    sizes.map { MetricSample(Double($0.size), [MetricLabel("tree", $0.tree.raw)]) }))
            families.append(
                MetricFamily(
                    "deputy_ledger_unsigned_records", "Records of each tree that no checkpoint covers yet.", .gauge,
                    sizes.map { tree, size in
                        MetricSample(
                            Double(max(size - signing.size(of: tree), 0)), [MetricLabel("tree", tree.raw)])
                    }))
        }
        if let notices = try? await store.noticeCounts() {
            families.append(
                MetricFamily(
                    "deputy_notices", "Notices of the outbox by state.", .gauge,
                    NoticeState.allCases.map {
                        MetricSample(Double(notices[$0] ?? 0), [MetricLabel("state", $0.rawValue)])
                    }))
        }
        return families
    }

    private func ledgerSizes() async throws -> [(tree: TreeID, size: Int64)] {
        var sizes: [(TreeID, Int64)] = []
        for tree in try await home.store.trees() {
            sizes.append((tree, try await home.store.head(of: tree).size))
        }
        return sizes
    }
}

enum FileSize {
    /// In bytes; 0 when there is no such file.
    static func of(_ path: String) -> Double {
        var status = stat()
        return stat(path, &status) == 0 ? Double(status.st_size) : 0
    }
}
