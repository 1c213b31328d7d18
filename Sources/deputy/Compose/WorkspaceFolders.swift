import Authority
import Definition
import FoundationEssentials
import Gateway
import Glibc

/// Agents' folders on disk, closed to others.
enum WorkspaceFolders {
    static func workspaces(of paths: HomePaths) -> Workspaces {
        Workspaces(
            read: { agent in
                Dictionary(
                    uniqueKeysWithValues: Workspace.fileNames.compactMap { name in
                        text(of: "\(folder(agent, paths))/\(name)").map { (name, $0) }
                    })
            }, write: { definition in write(definition, paths) })
    }

    private static func folder(_ agent: AgentID, _ paths: HomePaths) -> String { "\(paths.workspaces)/\(agent)" }

    private static func text(of file: String) -> String? {
        // A link could lead to what the gateway reads and its user wouldn't.
        var status = stat()
        guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < 1 << 20 else {
            return nil
        }
        return try? String(contentsOfFile: file, encoding: .utf8)
    }

    private static func write(_ definition: AgentDefinition, _ paths: HomePaths) -> [String] {
        let folder = folder(definition.agent, paths)
        for path in [paths.workspaces, folder] {
            try? FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        var written: [String] = []
        for (name, text) in Workspace.documents(for: definition) {
            let file = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: file) else {
                if (try? PrivateFile.write(Array(text.utf8), to: file)) != nil { written.append(name) }
                continue
            }
            guard definition.actsAs == .delegate, name != "USER.md", let there = self.text(of: file),
                !Workspace.holdsHardBlocks(there)
            else { continue }
            let whole = there + (there.hasSuffix("\n") ? "\n" : "\n\n") + Workspace.hardBlocks + "\n"
            if (try? PrivateFile.write(Array(whole.utf8), to: file)) != nil { written.append(name) }
        }
        return written
    }
}
