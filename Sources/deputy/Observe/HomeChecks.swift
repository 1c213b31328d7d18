import Broker
import Gate
import Gateway
import Storage
import Vault

extension Readiness {
    /// What a home needs for any call: a store that takes writes, a ledger that is read and signed, keys that open.
    func addChecks(of home: Home, _ signing: LedgerSigning, _ disk: DiskWatch) {
        let store = home.store
        add("store") {
            if !store.isWritable { await store.probe() }
            return store.isWritable ? .good : .bad("the last commit could not be written")
        }
        add("disk") { disk.finding }
        add("ledger") {
            do {
                for tree in try await store.trees() { _ = try await store.head(of: tree) }
            } catch {
                return .bad("the ledger can't be read: \(error)")
            }
            return signing.failure.map { .bad("the ledger can't be signed: \($0)") } ?? .good
        }
        add("keys") {
            do {
                guard let canary = try await store.value(SealedValue.canary.rawValue) else {
                    return .bad("the store has no canary")
                }
                try home.keys.checkCanary(canary)
                return .good
            } catch let error as VaultError {
                return .bad("the keys don't open the store: \(error.message)")
            } catch {
                return .bad("nothing tells whether the keys open the store: \(error)")
            }
        }
    }
}

extension Readiness {
    /// Whether token endpoints say the same time as this machine.
    func add(_ clock: LastingClock) {
        add("clock") {
            let differences = clock.differences
            return differences.isEmpty ? .good : .degraded(differences.joined(separator: "; "))
        }
    }
}

extension LastingClock {
    /// One sentence for each server whose clock says something else.
    var differences: [String] {
        skews.map { skew in
            let direction = skew.seconds > 0 ? "ahead of" : "behind"
            return "the clock here is \(abs(skew.seconds)) seconds \(direction) that of \(skew.host)"
        }
    }
}
