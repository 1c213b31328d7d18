import Foundation
import HTTPTypes
import NIOCore

/// One request as the services see it.
struct Call: Sendable {
    let method: HTTPRequest.Method
    /// Without the query.
    let path: String
    let queryText: String
    let headers: HTTPFields
    /// Host and port as the caller wrote them.
    var authority: String?
    let body: ByteBuffer
    /// The caller's port, which names the socket.
    let connection: Int?
    var parameters: [String: String] = [:]

    var query: Form {
        Form(queryText)
    }

    var contentType: String {
        headers[.contentType]?.lowercased() ?? ""
    }

    var form: Form {
        Form(String(buffer: body))
    }

    func json() throws(JSONError) -> JSON {
        let outcome = body.withUnsafeReadableBytes { raw in
            Result { () throws(JSONError) in try JSONReader.read(raw) }
        }
        return try outcome.get()
    }

    /// The credential of an `Authorization: Bearer` header; the scheme's case does not matter (RFC 9110 §11.1).
    var bearer: String? {
        guard let value = headers[.authorization] else { return nil }
        let halves = value.split(separator: " ", maxSplits: 1)
        guard halves.count == 2, halves[0].lowercased() == "bearer" else { return nil }
        return String(halves[1])
    }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }
}
