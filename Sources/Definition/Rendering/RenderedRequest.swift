public import Wire

/// A request with its arguments put in.
public struct RenderedRequest: Sendable {
    public let method: String
    /// Percent-encoded.
    public let path: String
    /// Percent-encoded, without the question mark.
    public let query: String
    public let headers: [(name: String, value: String)]
    /// Empty for a request without a body.
    public let body: [UInt8]
}

/// An argument that can't be put where the template wants it.
public struct RenderingError: Error, Hashable, Sendable {
    public let argument: String
    public let message: String

    public init(argument: String, message: String) {
        self.argument = argument
        self.message = message
    }
}

extension ProviderManifest {
    /// Puts arguments in their places. An absent one leaves out the query item or the member that it stands in.
    ///
    /// - Parameter call: the call's id, for templates that name it.
    public func render(
        _ template: RequestTemplate, _ arguments: JSONObject, call: String
    ) throws(RenderingError) -> RenderedRequest {
        let renderer = TemplateRenderer(arguments: arguments, call: call)
        var headers = self.headers + [("Accept", "application/json")]
        var body: [UInt8] = []
        if let template = template.body, let json = try renderer.body(template, item: nil) {
            headers.append(("Content-Type", "application/json; charset=utf-8"))
            body = json.bytes()
        }
        return RenderedRequest(
            method: template.method, path: try renderer.path(template.path), query: try renderer.query(template.query),
            headers: headers, body: body)
    }
}
