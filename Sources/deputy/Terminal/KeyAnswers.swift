import Glibc
import Vault

/// Answers a source of keys from a file descriptor, a line for each question; without one from the terminal, without echo.
struct KeyAnswers: KeyAsker {
    private static let most = 1024
    var descriptor: Int32?

    func answer(_ question: KeyQuestion) throws(VaultError) -> Secret {
        if let descriptor { return try line(of: descriptor, question) }
        guard Terminal.canAsk else { throw .nobody(question) }
        switch question {
        case .passphrase: return try typed("Passphrase of the keys: ", question)
        case .pin(let token): return try typed("PIN of the token \(token): ", question)
        case .newPassphrase:
            let first = try typed("New passphrase: ", question)
            guard Secret.constantTimeEqual(first, try typed("The same again: ", question)) else {
                throw VaultError(.notGiven, "the two passphrases differ", hint: "nothing was changed; try again")
            }
            return first
        }
    }

    /// glibc's buffer is wiped before it is used again or leaked.
    private func typed(_ prompt: String, _ question: KeyQuestion) throws(VaultError) -> Secret {
        guard let typed = getpass(prompt) else { throw .nobody(question) }
        let bytes = UnsafeMutableRawBufferPointer(start: typed, count: strlen(typed))
        defer { wipe(bytes) }
        return Secret(copying: UnsafeRawBufferPointer(bytes))
    }

    /// Byte by byte, so that the next question finds the next line.
    private func line(of descriptor: Int32, _ question: KeyQuestion) throws(VaultError) -> Secret {
        var count = 0
        var hasEnded = false
        let buffer = try Secret(count: Self.most) { (buffer) throws(VaultError) in
            while count < buffer.count {
                let got = read(descriptor, buffer.baseAddress?.advanced(by: count), 1)
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else {
                    throw VaultError(
                        .notGiven, "file descriptor \(descriptor) can't be read: \(String(cString: strerror(errno)))",
                        hint: "open it for this command, such as `--passphrase-fd 3 3<FILE`")
                }
                hasEnded = got == 0 || buffer[count] == UInt8(ascii: "\n")
                if hasEnded { break }
                count += 1
            }
        }
        guard hasEnded else {
            throw VaultError(.notGiven, "a line of file descriptor \(descriptor) has more than \(Self.most - 1) bytes")
        }
        guard count > 0 else { throw .nobody(question) }
        return buffer.withBytes { Secret(copying: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}
