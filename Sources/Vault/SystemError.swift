import Glibc

/// The operating system's words for `number`, by default the failure of the last call.
func systemError(_ number: Int32 = errno) -> String {
    String(cString: strerror(number)).lowercased()
}
