import HTTPTypes
import Hummingbird
import NIOCore
import Turns
import Wire

/// What keeps other sites, other names and other programs out.
extension PageServer {
    private var isSecure: Bool { settings.publicURL().hasPrefix("https://") }

    /// `__Host-` makes browsers refuse a cookie that isn't secure or was set for another path or domain. In clear there is
    /// only a loopback address, where the prefix can't be used.
    var cookieName: String { isSecure ? "__Host-deputy" : "deputy" }

    /// Lax, so that a link in a mail finds the person signed in; a form of another site still comes without it.
    func setCookie(_ secret: String) -> HTTPField {
        HTTPField(
            name: .setCookie,
            value: "\(cookieName)=\(secret); Path=/; HttpOnly; SameSite=Lax; Max-Age=604800"
                + (isSecure ? "; Secure" : ""))
    }

    var clearedCookie: HTTPField {
        HTTPField(
            name: .setCookie,
            value: "\(cookieName)=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0" + (isSecure ? "; Secure" : ""))
    }

    /// What a browser takes along to a provider and back.
    var ticketName: String { cookieName + "-sign-in" }

    /// Lax: the way back comes from another site. Nil clears it.
    func ticketCookie(_ ticket: String?) -> HTTPField {
        HTTPField(
            name: .setCookie,
            value: "\(ticketName)=\(ticket ?? ""); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(ticket == nil ? 0 : 600)"
                + (isSecure ? "; Secure" : ""))
    }

    /// The session's cookie.
    func cookie(of request: Request) -> String? { cookie(of: request, named: cookieName) }

    /// Two of a name are none: somebody else may have planted one.
    func cookie(of request: Request, named wanted: String) -> String? {
        var found: [String] = []
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "="), pair[..<equals] == wanted else { continue }
                found.append(String(pair[pair.index(after: equals)...]))
            }
        }
        return found.count == 1 ? found.first : nil
    }

    /// A name that leads here by somebody else's DNS isn't ours.
    func isOurName(_ request: Request, _ context: GatewayContext) -> Bool {
        guard let name = request.head.authority.flatMap(HostName.init(_:)) else { return false }
        if name.host == HostName(ofURL: settings.publicURL())?.host { return true }
        return name.isLoopback && context.channel.isLoopback
    }

    /// Browsers say where a form was sent from: ours, from the name that the world knows us by (`Host` is what a proxy makes
    /// of it). One that says it came from elsewhere is refused; one that says nothing still needs the session's form token.
    func isFromOurPage(_ request: Request) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name], site != "same-origin" {
            return false
        }
        let origins = request.headers[values: .origin]
        guard let origin = origins.first else { return true }
        guard origins.count == 1, let theirs = WebOrigin(origin), let ours = WebOrigin(settings.publicURL()) else {
            return false
        }
        return theirs == ours || theirs.isSameMachine(as: ours)
    }

    /// The fields of a form. A field that comes twice is refused: readers of the first and the last would disagree.
    func form(of request: Request, upTo most: Int = 256 << 10) async throws -> [String: String] {
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw PageRefusal.foreign
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: most)
        } catch {
            throw PageRefusal(status: .contentTooLarge, title: "That is too much", text: "Nothing was done.")
        }
        var fields: [String: String] = [:]
        for pair in String(buffer: body).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                PercentEncoding.decode(String($0).replacing("+", with: " "))
            }
            guard let name = parts.first ?? nil, let value = parts.count == 2 ? parts[1] : "",
                fields.updateValue(value, forKey: name) == nil
            else { throw PageRefusal.foreign }
        }
        return fields
    }

    /// A form that may have files.
    func formWithFiles(of request: Request, by visitor: Visitor) async throws -> ([String: String], [InboundFile]) {
        guard let type = request.headers[.contentType], type.lowercased().hasPrefix("multipart/form-data") else {
            return (try await form(of: request), [])
        }
        let body: ByteBuffer
        do throws(IncomingRefusal) {
            body = try await bodies.collect(
                request.body, upTo: InboundFile.longestTogether + 512 << 10, from: visitor)
        } catch {
            switch error {
            case .tooLarge, .ended:
                settings.refusedFile(.size)
                throw PageRefusal(
                    status: .contentTooLarge, title: "That is too much",
                    text:
                        "The files of a message have \(InboundFile.longestTogether) bytes at the most. Nothing was sent."
                )
            case .noRoom: throw PageRefusal.tooMany("Too many files came at once. Nothing was sent.", wait: 1)
            }
        }
        guard let form = MultipartForm(Array(body.readableBytesView), contentType: type) else {
            throw PageRefusal.foreign
        }
        return (form.fields, form.files)
    }

    /// Takes as long whatever differs.
    func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Digest.sha256(of: Array(left.utf8)), Digest.sha256(of: Array(right.utf8)))
        return zip(left.bytes, right.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// - Parameter place: besides our own pages, where a form's answer may lead to: browsers hold redirects to it as well.
    static func contentPolicy(formsTo place: String? = nil) -> String {
        let forms = place.map { " \($0)" } ?? ""
        return
            "default-src 'none'; style-src 'self'; form-action 'self'\(forms); frame-ancestors 'none'; base-uri 'none'"
    }

    /// What every page says to the browser: run nothing, load nothing but our stylesheet, stand in no frame, keep nothing.
    func safe(_ response: Response) -> Response {
        var response = response
        let headers = [
            ("Content-Security-Policy", PageServer.contentPolicy()),
            ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ]
        for (name, value) in headers {
            guard let name = HTTPField.Name(name), response.headers[name] == nil else { continue }
            response.headers[name] = value
        }
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}
