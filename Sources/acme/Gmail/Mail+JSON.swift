import Foundation

/// How much of a message is asked for.
enum MailFormat: String {
    case minimal
    case metadata
    case full
    case raw
}

extension Mail {
    func json(_ format: MailFormat, only names: [String]) -> JSON {
        let body: JSON = [
            "id": .string(id), "threadId": .string(thread), "labelIds": .texts(labels), "snippet": .string(snippet),
            "historyId": .string(String(history)),
            "internalDate": .string(String(Int(received.timeIntervalSince1970 * 1000))),
            "sizeEstimate": .int(raw.utf8.count),
        ]
        switch format {
        case .minimal: return body
        case .raw: return body.with("raw", .string(Base64URL.encode(Data(raw.utf8))))
        case .full: return body.with("payload", Self.payload(part, id: ""))
        case .metadata:
            let wanted = Set(names.map { $0.lowercased() })
            let headers = part.headers.filter { wanted.isEmpty || wanted.contains($0.name.lowercased()) }
            return body.with(
                "payload", ["mimeType": .string(part.type), "headers": .array(headers.map(Self.header))])
        }
    }

    private static func header(_ header: MIMEPart.Header) -> JSON {
        ["name": .string(header.name), "value": .string(EncodedWord.decode(header.value))]
    }

    private static func payload(_ part: MIMEPart, id: String) -> JSON {
        let body: JSON = ["size": .int(part.body.count)]
        let described: JSON = [
            "partId": .string(id), "mimeType": .string(part.type), "filename": .string(part.filename),
            "headers": .array(part.headers.map(header)),
            "body": body.with("data", part.body.isEmpty ? nil : .string(Base64URL.encode(part.body))),
        ]
        guard !part.parts.isEmpty else { return described }
        let parts = part.parts.enumerated().map { index, inner in
            payload(inner, id: id.isEmpty ? String(index) : "\(id).\(index)")
        }
        return described.with("parts", .array(parts))
    }
}
