import Authority
import Gate
import HTTPTypes
import Hummingbird
import Turns
import Wire

extension PageServer {
    /// A file that went with an answer, for the person whom it was said to, in their own browser session.
    @Sendable func chatFile(_ visit: Visit) async throws -> Response {
        let talk = try talkPlace(visit)
        guard let call = visit.query["call"],
            let file = try await desks.talk.file(CallID(call), in: talk, of: visit.person)
        else { throw PageRefusal.notFound }
        return Response.download(file)
    }
}

extension Response {
    /// Bytes that an agent made: saved and never shown, whatever they say they are.
    static func download(_ file: OutboundFile) -> Response {
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            // RFC 6266 section 4.1, with the name in RFC 8187's form alone.
            .contentDisposition: "attachment; filename*=UTF-8''\(PercentEncoding.encode(FileName.inert(file.name)))",
        ]
        if let policy = HTTPField.Name("Content-Security-Policy") {
            headers[policy] = "default-src 'none'; frame-ancestors 'none'; sandbox"
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: .init(bytes: file.bytes)))
    }
}

extension Int {
    /// Octets, as a page says them.
    var bytesInWords: String {
        switch self {
        case ..<1_000: "\(self) bytes"
        case ..<1_000_000: "\(self / 1_000) kB"
        case _: "\(self / 1_000_000).\(self % 1_000_000 / 100_000) MB"
        }
    }
}
