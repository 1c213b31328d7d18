import HTTPTypes
import Hummingbird

/// A browser keeps where it wanted to go while its person fetches a one-time link: opening the link and pressing its button
/// leads there.
extension PageServer {
    private static let nextName = "deputy-next"

    /// Nil for a path that can't be a cookie's value (RFC 6265 section 4.1.1).
    func keep(_ next: LocalPath) -> HTTPField? {
        next.text.utf8.contains { "\",;".utf8.contains($0) } ? nil : nextCookie(next.text, seconds: 600)
    }

    var forgottenNext: HTTPField { nextCookie("", seconds: 0) }

    /// Checked again: what a cookie says isn't more to be trusted than what a URL says.
    func next(keptBy request: Request) -> LocalPath? { LocalPath(cookie(of: request, named: PageServer.nextName)) }

    private func nextCookie(_ value: String, seconds: Int) -> HTTPField {
        HTTPField(
            name: .setCookie,
            value: "\(PageServer.nextName)=\(value); Path=/login; HttpOnly; SameSite=Lax; Max-Age=\(seconds)"
                + (settings.publicURL().hasPrefix("https://") ? "; Secure" : ""))
    }
}
