import Foundation

/// PostgreSQL's programs, run as somebody whom they accept.
struct ServerTools {
    private let programs: String
    /// What goes before a program's name.
    private let prefix: [String]

    init() throws {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
        guard let newest = versions.filter({ access("\(root)/\($0)/bin/initdb", X_OK) == 0 }).max() else {
            throw TestClusterError("there is no `initdb` below \(root); install the package `postgresql`")
        }
        programs = "\(root)/\(newest)/bin"
        prefix =
            geteuid() == 0
            ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
    }

    /// The server's socket is named `.s.PGSQL.` with its port and lies in the folder, and its path has 107 bytes at the most.
    private static let longestFolder = 90

    /// A new folder that belongs to whoever runs the server.
    func makeFolder() throws -> String {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/dpg-XXXXXX".utf8CString)
        guard template.count <= Self.longestFolder else {
            throw TestClusterError("`\(parent)` is too long for a socket's path; let TMPDIR name another folder")
        }
        guard mkdtemp(&template) != nil else { throw TestClusterError("no folder can be made in `\(parent)`") }
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try give(folder)
        return folder
    }

    /// Writes a file that the server alone may read.
    func write(_ contents: Data, to path: String) throws {
        try contents.write(to: URL(filePath: path))
        chmod(path, 0o600)
        try give(path)
    }

    private func give(_ path: String) throws {
        guard geteuid() == 0 else { return }
        guard let user = getpwnam("postgres"), chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
            throw TestClusterError("`\(path)` can't be given to the user postgres")
        }
    }

    /// Runs one of PostgreSQL's programs to its end.
    func run(_ program: String, _ arguments: String...) throws {
        try Spawn.run(prefix + ["\(programs)/\(program)"] + arguments)
    }

    func postmaster(of data: String) throws -> pid_t {
        let text = try String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8)
        guard let process = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw TestClusterError("`postmaster.pid` names no process")
        }
        return process
    }

    func exists(_ process: pid_t) -> Bool {
        access("/proc/\(process)", F_OK) == 0
    }

    /// Repeats what may fail for a moment, for up to 20 seconds.
    func persist(_ body: () throws -> Void) throws {
        for _ in 0..<400 {
            do { return try body() } catch { usleep(50_000) }
        }
        try body()
    }
}
