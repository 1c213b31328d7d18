import Console
import FoundationEssentials
import Glibc
import Wire

/// What a command's exit code says.
enum CommandExit: Int32 {
    case refused = 1
    case homeUnusable = 2
    case unproven = 3
    /// `plan --exit-code` found something to change.
    case differs = 4
    /// The command line isn't one; the parser's own code.
    case miswritten = 64
}

/// Why a command failed, and the way out.
struct CommandFailure: Error {
    let exitCode: CommandExit
    let code: String
    let message: String
    let hint: String?

    init(_ exitCode: CommandExit, _ code: String, _ message: String, hint: String? = nil) {
        self.exitCode = exitCode
        self.code = code
        self.message = Blotted.addresses(message)
        self.hint = hint.map(Blotted.addresses)
    }

    /// Two lines on standard error; with `--json` the same shape as the API's errors, on standard output.
    func report(asJSON: Bool) {
        if asJSON {
            var error: JSONObject = ["code": .string(code), "message": .string(message)]
            error["hint"] = hint.map { .string($0) }
            print(JSON.object(["error": .object(error)]).pretty())
            return
        }
        var lines = "deputy: error: \(Inert.text(message, keepsLines: true))\n"
        if let hint { lines += "deputy: hint: \(Inert.text(hint, keepsLines: true))\n" }
        FileHandleOutput.standardError(lines)
    }
}

enum FileHandleOutput {
    static func standardError(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// What was printed reaches whoever waits for it, even when standard output is a pipe.
    static func flush() { fflush(nil) }
}
