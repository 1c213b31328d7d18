public import Gate
import Synchronization

extension MemoryStore: SignStore {
    public func signs(in tree: TreeID) async throws -> [GatewaySign] {
        state.withLock { $0.signs.filter { $0.tree == tree } }.sorted { $0.gateway < $1.gateway }
    }
}

extension MemoryState {
    mutating func apply(sign change: SignChange) {
        switch change {
        case .keep(let sign):
            signs.removeAll { ($0.tree, $0.gateway) == (sign.tree, sign.gateway) }
            signs.append(sign)
        case .forget(let tree, let gateway): signs.removeAll { ($0.tree, $0.gateway) == (tree, gateway) }
        }
    }
}
