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
                    wayOut: "`deputy agents workspace \(record.id)` writes what is missing"))
        }
        if definition.allow == nil, definition.deny.isEmpty {
            gaps.append(
                HardeningGap(
                    what: "no tool policy is written down",
                    wayOut:
                        "set `tools.allow` or `tools.deny` with `deputy apply`, or add it with `--allow` or `--deny`"))
        }
        let about = record.definition[AgentDefinition.aboutKey]
        if about?["sandbox"]?["mode"]?.stringValue == nil {
            gaps.append(
                HardeningGap(
                    what: "no sandbox setting is written down",
                    wayOut: "set `sandbox: { mode: \"all\" }` with `deputy apply`, or add it with `--sandbox all`"))
        }
        if about?["audit"]?["retainDays"]?.integerValue == nil {
            gaps.append(
                HardeningGap(
                    what: "it isn't written down how long its records are kept",
                    wayOut: "set `audit: { retainDays: 365 }` with `deputy apply`, or add it with `--audit-days 365`"))
        }
        return gaps
    }
}
