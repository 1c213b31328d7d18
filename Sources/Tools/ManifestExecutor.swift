import Authority
import Definition
import Gate
import Wire

/// Carries out a call of a manifest's tool: one effecting request, and a look when its answer got lost.
struct ManifestExecutor: ToolExecutor {
    let tool: ToolManifest
    let manifest: ProviderManifest

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.call
        let report = await upstream.effect(call.plan.effect, spending: permit)
        switch report.result {
        case .success(let answer):
            return outcome(of: answer, for: call)
        case .failure(.notSent(let reason)):
            return .notSent(reason)
        case .failure(.unknown(let reason)):
            return await look(after: report.spent, through: upstream) ?? .unknown(reason)
        }
    }

    /// The effect's own object, if the provider has a way to look and finds it. That it isn't there yet proves nothing.
    private func look(after spent: borrowing Spent, through upstream: any Upstream) async -> ToolOutcome? {
        let call = spent.call
        for step in call.plan.verifications {
            guard let answer = try? await upstream.verify(step, after: spent), answer.status == 200 else { continue }
            return outcome(of: answer, for: call)
        }
        return nil
    }

    private func outcome(of answer: UpstreamAnswer, for call: JudgedCall) -> ToolOutcome {
        let labels = labels(for: call)
        guard let body = try? parsed(answer.body) else {
            return answer.status < 300 || isAmbiguous(answer.status)
                ? .unknown("the provider's answer can't be read")
                : .refused(refusal(answer, .null), labels: labels)
        }
        if manifest.refusal.success.flatMap({ body.value(at: $0)?.boolValue }) == false {
            return .refused(refusal(answer, body), labels: labels)
        }
        guard answer.status < 300 else {
            if isAmbiguous(answer.status) { return .unknown("the provider answered \(answer.status)") }
            return .refused(refusal(answer, body), labels: labels)
        }
        if let pointer = tool.answerSubject, let subject = call.subject, !isAbout(subject, body, pointer) {
            return .refused(
                ProviderRefusal(
                    status: answer.status, code: "other_subject",
                    message: "the provider answered with somebody else's record, which is withheld", retryAfter: nil,
                    isCredentialRefused: false), labels: labels)
        }
        return .done(body, labels: labels)
    }

    private func parsed(_ bytes: [UInt8]) throws(JSONError) -> JSON {
        bytes.isEmpty ? .object([:]) : try JSON.parse(bytes, limits: .answer)
    }

    /// A server error that leaves open whether an effect happened. A read has none.
    private func isAmbiguous(_ status: Int) -> Bool {
        tool.effect != .read && status >= 500 && status != 503
    }

    private func isAbout(_ subject: String, _ body: JSON, _ pointer: JSONPointer) -> Bool {
        body.value(at: pointer).map { $0.stringValue ?? $0.text } == subject
    }

    func refusal(_ answer: UpstreamAnswer, _ body: JSON) -> ProviderRefusal {
        let code = manifest.refusal.code.flatMap { body.value(at: $0)?.stringValue } ?? "http_\(answer.status)"
        let message = manifest.refusal.message.flatMap { body.value(at: $0)?.stringValue } ?? code
        return ProviderRefusal(
            status: answer.status, code: code, message: message, retryAfter: answer.retryAfter,
            isCredentialRefused: answer.status == 401 || manifest.refusal.credentialCodes.contains(code),
            lack: lack(answer, body, code: code, message: message))
    }

    /// What the provider says that the credential may not: by its own words first, else by the challenge of RFC 6750.
    private func lack(_ answer: UpstreamAnswer, _ body: JSON, code: String, message: String) -> ScopeLack? {
        let shape = manifest.refusal.missingScopes
        let saysSo =
            shape.codes.contains(code)
            || shape.at.contains { body.value(at: $0)?.stringValue.map(shape.codes.contains) ?? false }
            || shape.says.contains { message.hasPrefix($0) }
        if saysSo {
            guard let named = shape.named.flatMap({ body.value(at: $0)?.stringValue }) else { return .unnamed }
            return .named(named.split(separator: shape.separator).map { String($0.drop { $0 == " " }) })
        }
        guard let challenge = answer.header("www-authenticate") else { return nil }
        // A 401 says that a token doesn't do, which is mended by renewing it, unless it wants the owner to sign in.
        let isOfSignIn = answer.status == 401 && challenge.contains("insufficient_claims")
        return answer.status == 403 || isOfSignIn ? .challenge(challenge) : nil
    }

    private func labels(for call: JudgedCall) -> Labels {
        Labels(
            integrity: tool.labels.integrity,
            readers: tool.labels.isForOrganization ? .organization : call.readers, classes: tool.labels.classes)
    }
}

extension JSONLimits {
    /// For what providers answer, which is larger than what agents ask.
    static let answer = JSONLimits(bytes: 4 << 20, depth: 64, members: 400_000)
}
