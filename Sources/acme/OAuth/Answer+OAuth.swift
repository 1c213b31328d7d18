extension Answer {
    /// A refusal of a token endpoint (RFC 6749 §5.2).
    static func oauth(_ status: Int, _ error: String, _ description: String) -> Answer {
        Answer(status, ["error": .string(error), "error_description": .string(description)], error: error).unstored
    }

    /// No cache may keep an answer that holds tokens (RFC 6749 §5.1).
    var unstored: Answer {
        adding("Cache-Control", "no-store").adding("Pragma", "no-cache")
    }
}

extension CodeFault {
    var description: String {
        switch self {
        case .unknown: "the code is unknown"
        case .expired: "the code has expired"
        case .spent: "the code was used before"
        case .otherRedirectURI: "`redirect_uri` is not the one of the authorization request"
        case .missingVerifier: "`code_verifier` is missing"
        case .wrongVerifier: "`code_verifier` does not match the challenge"
        }
    }
}

extension RefreshFault {
    var description: String {
        switch self {
        case .unknown: "the refresh token is unknown"
        case .expired: "the refresh token has expired"
        case .ended(let cause): "the authorization is over: \(cause)"
        case .reused: "the refresh token had been replaced"
        }
    }
}
