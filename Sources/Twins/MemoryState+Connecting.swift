import Authority
import Broker
import Gate
import Wire

extension MemoryState {
    mutating func apply(connect change: ConnectChange) throws(CommitError) {
        switch change {
        case .open(let flow):
            let isThere = connectFlows[flow.id] != nil || connectFlows.values.contains { $0.aim == flow.aim }
            if isThere { throw .exists(flow.id.raw) }
            connectFlows[flow.id] = flow
        case .step(let flow):
            guard connectFlows[flow.id]?.revision == flow.revision - 1 else { throw .exists(flow.id.raw) }
            connectFlows[flow.id] = flow
        case .drop(let organization, let person):
            connectFlows = connectFlows.filter { _, flow in
                flow.aim.organization != organization || flow.aim.person != person
            }
        }
    }
}
