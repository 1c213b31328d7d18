import Foundation

/// Starts programs. Foundation's `Process` can't be used: it takes a program for running as long as any process that the
/// program left behind does.
enum Spawn {
    /// Starts a program with `input` as its standard input, no output and no other file open.
    static func start(_ command: [String], input: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        for output in [Int32(1), 2] { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
        // One that isn't open may be closed as well.
        for file in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, file) }
        let arguments = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let failure = posix_spawn(&process, command[0], &actions, nil, arguments + [nil], environ)
        guard failure == 0 else {
            throw TestClusterError("`\(command[0])` can't be started: \(String(cString: strerror(failure)))")
        }
        return process
    }

    /// Runs a program to its end.
    static func run(_ command: [String]) throws {
        let nothing = open("/dev/null", O_RDONLY)
        defer { close(nothing) }
        let process = try start(command, input: nothing)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            throw TestClusterError("`\(command.joined(separator: " "))` ended with the status \(status)")
        }
    }
}
