import Foundation

/// Starts programs. Foundation's `Process` can't be used: it takes a program for running as long as any process that the
/// program left behind does, and hands its pipes on to whatever else is started meanwhile.
public enum Spawn {
    /// Starts a program with `input` as its standard input, the file `output` and no other file open.
    private static func start(_ command: [String], input: Int32, output: String = "/dev/null") throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // One that isn't open may be closed as well; a run of all tests has some thousand open.
        for file in 3..<Int32(clamping: min(sysconf(Int32(_SC_OPEN_MAX)), 16_384)) {
            posix_spawn_file_actions_addclose(&actions, file)
        }
        let arguments = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let failure = posix_spawn(&process, command[0], &actions, nil, arguments + [nil], environ)
        guard failure == 0 else {
            throw TestClusterError("`\(command[0])` can't be started: \(String(cString: strerror(failure)))")
        }
        return process
    }

    /// Runs a program to its end; what it prints goes to the file `output`.
    ///
    /// Throws ``TestClusterError`` if it can't be started or doesn't end with the status 0.
    public static func run(_ command: [String], output: String = "/dev/null") throws {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(nothing) }
        try run(command, input: nothing, output: output)
    }

    static func run(_ command: [String], input: Int32, output: String = "/dev/null") throws {
        let process = try start(command, input: input, output: output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            throw TestClusterError("`\(command.joined(separator: " "))` ended with the status \(status)")
        }
    }
}
