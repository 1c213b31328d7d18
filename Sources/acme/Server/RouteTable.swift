import Foundation
import HTTPTypes

/// A method and a path pattern such as `/v1/pages/{id}`, with what answers there.
struct Route<Payload: Sendable>: Sendable {
    let method: HTTPRequest.Method
    let pattern: [Substring]
    let payload: Payload

    init(_ method: HTTPRequest.Method, _ pattern: String, _ payload: Payload) {
        self.method = method
        self.pattern = pattern.split(separator: "/").map { Substring(String($0)) }
        self.payload = payload
    }

    fileprivate func match(_ segments: [Substring]) -> [String: String]? {
        guard segments.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, pattern) {
            if part.hasPrefix("{") {
                parameters[String(part.dropFirst().dropLast())] = String(segment).removingPercentEncoding
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }
}

struct RouteTable<Payload: Sendable>: Sendable {
    enum Match {
        case found(Payload, parameters: [String: String])
        case otherMethod
        case nothing
    }

    let routes: [Route<Payload>]

    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let segments = path.split(separator: "/")
        var isKnownPath = false
        for route in routes {
            guard let parameters = route.match(segments) else { continue }
            if route.method == method { return .found(route.payload, parameters: parameters) }
            isKnownPath = true
        }
        return isKnownPath ? .otherMethod : .nothing
    }
}
