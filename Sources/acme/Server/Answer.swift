import HTTPTypes
import Hummingbird
import NIOCore

/// What a service answers. Thrown by a rule that refuses, returned otherwise.
struct Answer: Error {
    var status: Int
    var body: JSON?
    var headers: [(name: String, value: String)] = []
    /// The service's own code for a refusal, for the journal: Slack refuses with status 200.
    var error: String?

    init(_ status: Int = 200, _ body: JSON?, error: String? = nil) {
        self.status = status
        self.body = body
        self.error = error
    }

    func adding(_ name: String, _ value: String) -> Answer {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    var response: Response {
        var fields = HTTPFields()
        for header in headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        guard let body else { return Response(status: .init(code: status), headers: fields) }
        fields[.contentType] = "application/json; charset=utf-8"
        return Response(
            status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }
}
