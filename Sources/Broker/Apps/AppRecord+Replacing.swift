import Authority
import OAuth

extension AppRecord {
    /// What whoever runs this home does when its secret or key is to be replaced.
    public var stepToReplace: String {
        let rotate = "`deputy apps rotate \(provider)" + (agent.map { " --agent \($0)" } ?? "")
        if authentication == .privateKey {
            return "make a new key, have it known there, and give it: \(rotate) --key-file FILE`"
        }
        let byHand = "make a new secret there, and give it: \(rotate)`"
        // Nobody is registered for an agent at a remote server but by hand.
        guard issuer != nil, agent == nil else { return byHand }
        return "if this home registered itself there, have it register anew, after which people connect again: "
            + "`deputy servers authorize \(provider) --register`; else \(byHand)"
    }
}
