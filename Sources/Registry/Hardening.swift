import Authority
import Definition
import Wire

/// What a delegate has to have before it gets an account: what it can't do comes before what it can.
public struct HardeningGap: Sendable, Hashable {
    public let what: String
    /// The way to close it.
    public let wayOut: String
}

extension AgentView {
    /// What is missing before a connection of a delegate's own is accepted, in the order in which it is to be done. Empty
    /// for agents of other kinds.
    ///
    /// - Parameter documents: the texts of its workspace, by file name.
    public func hardeningGaps(_ documents: [String: String]) -> [HardeningGap] {
        guard definition.actsAs == .delegate else { return [] }
        var gaps: [HardeningGap] = []
        for name in ["SOUL.md", "AGENTS.md"] where !Workspace.holdsHardBlocks(documents[name] ?? "") {
            gaps.append(
                HardeningGap(
                    what: "`\(name)` of its workspace doesn't hold the hard blocks",
                    wayOut:
                        "`deputy agents workspace \(record.id)` writes a missing file, and says what to add to one that is there"
                ))
        }
        return gaps + policyGaps
    }

    /// The same without the workspace: what its definition alone lacks.
    var policyGaps: [HardeningGap] {
        guard definition.actsAs == .delegate else { return [] }
        var gaps: [HardeningGap] = []
        if definition.allow == nil, definition.deny.isEmpty {
            gaps.append(
                HardeningGap(
                    what: "no tool policy is written down",
                    wayOut:
                        "set `tools.allow` or `tools.deny` with `deputy apply`, or `deputy agents edit \(record.id) --deny TOOL`"
                ))
        }
        let about = record.definition[AgentDefinition.aboutKey]
        if about?["sandbox"]?["mode"]?.stringValue == nil {
            gaps.append(
                HardeningGap(
                    what: "no sandbox setting is written down",
                    wayOut:
                        "set `sandbox: { mode: \"all\" }` with `deputy apply`, or `deputy agents edit \(record.id) --sandbox all`"
                ))
        }
        if about?["audit"]?["retainDays"]?.integerValue == nil {
            gaps.append(
                HardeningGap(
                    what: "it isn't written down how long its records are kept",
                    wayOut:
                        "set `audit: { retainDays: 365 }` with `deputy apply`, or `deputy agents edit \(record.id) --audit-days 365`"
                ))
        }
        return gaps
    }
}

extension AgentView {
    /// What a change would take from a delegate that has an account already: what had to be there before the account.
    func unhardened(since earlier: AgentView?, _ accounts: [HeldAccount]) -> [HardeningGap] {
        let isConnected = accounts.contains {
            $0.connection.owner == .agent(record.id) && $0.connection.health != .revoked
        }
        guard isConnected, definition.actsAs == .delegate else { return [] }
        let before = Set(earlier?.policyGaps ?? [])
        return policyGaps.filter { !before.contains($0) }
    }
}

extension [HardeningGap] {
    /// Of a change that would open them.
    func message(of agent: AgentID) -> String {
        "`\(agent)` is a delegate with an account, and this takes away what had to be there first: "
            + map(\.what).joined(separator: "; ")
    }

    var hint: String { "keep it, or revoke its connections first (`deputy connections revoke ID`)" }
}
