import Authority
import Definition
import Gateway
import Glibc

/// Agents' folders on disk, closed to others. No part of a path below the home is followed when it is a link: it could lead
/// to what the gateway's user may read or write and its agents' owners may not.
enum WorkspaceFolders {
    static func workspaces(of paths: HomePaths) -> Workspaces {
        Workspaces(read: { read($0, paths) }, write: { write($0, paths, appends: $1) })
    }

    private static func read(_ agent: AgentID, _ paths: HomePaths) -> [String: String] {
        guard case .success(let folder) = OpenFolder.open(agent, paths, creating: false) else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: Workspace.fileNames.compactMap { name in
                switch folder.document(name) {
                case .text(let text): (name, text)
                case .missing, .unusable: nil
                }
            })
    }

    private static func write(_ definition: AgentDefinition, _ paths: HomePaths, appends: Bool) -> WorkspaceReport {
        let folder: OpenFolder
        switch OpenFolder.open(definition.agent, paths, creating: true) {
        case .success(let opened): folder = opened
        case .failure(let problem): return WorkspaceReport(problems: [problem.text])
        }
        var report = WorkspaceReport()
        for (name, text) in Workspace.documents(for: definition) {
            let needsBlocks = definition.actsAs == .delegate && name != "USER.md"
            switch folder.document(name) {
            case .missing: report.note(folder.create(name, text), name)
            case .unusable(let why): report.problems.append("`\(name)` \(why)")
            case .text(let there):
                guard needsBlocks, !Workspace.holdsHardBlocks(there) else { continue }
                if appends {
                    let gap = there.hasSuffix("\n") ? "\n" : "\n\n"
                    report.note(folder.append(name, gap + Workspace.hardBlocks + "\n"), name)
                } else {
                    report.lacking.append(name)
                }
            }
        }
        return report
    }
}

extension WorkspaceReport {
    fileprivate mutating func note(_ isWritten: Bool, _ name: String) {
        if isWritten { written.append(name) } else { problems.append("`\(name)` can't be written") }
    }
}
