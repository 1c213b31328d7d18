import Authority

extension ModelEndpoint {
    /// Where a path such as `/v1/messages` is asked. A base that has a version of its own, as programs for OpenAI's API are given it
    /// (`http://127.0.0.1:11434/v1`, `https://host/v1beta/openai`), keeps that. Anthropic's programs are given it without one, so that
    /// there only the last part counts.
    public func address(of path: String) -> String {
        let parts = base.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
        let isVersioned =
            switch speaks {
            case .anthropic, .offline: parts.last.map(ModelEndpoint.isVersion) ?? false
            case .chat, .responses: parts.contains(where: ModelEndpoint.isVersion)
            }
        return base + (isVersioned && path.hasPrefix("/v1/") ? String(path.dropFirst("/v1".count)) : path)
    }

    /// `v1`, `v4`, `v1beta`
    private static func isVersion(_ part: Substring) -> Bool {
        part.first == "v" && part.dropFirst().first?.isNumber == true && part.allSatisfy { $0.isLetter || $0.isNumber }
    }
}
