import HTTPTypes
import Hummingbird
import NIOCore

/// What a service answers. Thrown by a rule that refuses, returned otherwise.
struct Answer: Error {
    var status: Int
    var body: JSON?
    /// A page for a browser, instead of `body`.
    var page: String?
    /// A file as it is, instead of `body`.
    var file: [UInt8]?
    /// Events for a client that stays, instead of `body`.
    var stream: EventStream?
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
        if let page {
            fields[.contentType] = "text/html; charset=utf-8"
            return Response(
                status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(string: page)))
        }
        if let file {
            fields[.contentType] = "application/octet-stream"
            return Response(
                status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: file)))
        }
        if let stream {
            fields[.contentType] = "text/event-stream; charset=utf-8"
            fields[.cacheControl] = "no-cache"
            return Response(status: .init(code: status), headers: fields, body: stream.body)
        }
        guard let body else { return Response(status: .init(code: status), headers: fields) }
        fields[.contentType] = "application/json; charset=utf-8"
        return Response(
            status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }
}

extension Answer {
    init(streaming stream: EventStream) {
        self.init(200, nil)
        self.stream = stream
    }

    /// A page for a browser. It may be shown in no frame and loads nothing.
    init(page status: Int, _ html: String, error: String? = nil) {
        self.init(status, nil, error: error)
        page = html
    }

    /// Sends the browser on. `error` is what the address says, for the journal.
    static func redirect(_ address: String, error: String? = nil) -> Answer {
        Answer(303, nil, error: error).adding("Location", address)
    }
}
