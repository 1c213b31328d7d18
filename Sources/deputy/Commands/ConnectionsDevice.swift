import Wire

/// A device's code: where to go and what to type; then the account that came back, and a yes or a no.
extension ConnectionsAddCommand {
    func byDevice(_ body: JSONObject) async throws -> JSON {
        var body = body
        body["replaces"] = grants.replaces.map { .string($0) }
        var state = try await common.send("POST", ["connections", "device"], body: body)
        body["replaces"] = nil
        let code = Table.inert(state["user_code"]?.stringValue ?? "")
        tell("Go to \(Table.inert(state["address"]?.stringValue ?? "")) and enter \(code).")
        if let whole = state["complete_address"]?.stringValue {
            tell("Or open \(Table.inert(whole)) and compare the code.")
        }
        tell("Allow it as the account that is the agent's own. Waiting; ctrl-c gives up.")
        while true {
            try await Task.sleep(for: .seconds(state["wait"]?.integerValue ?? 5))
            body["handle"] = state["handle"]
            state = try await common.send("POST", ["connections", "device", "answer"], body: body)
            if let offer = state["offered"] { return try await answer(offer, body) }
        }
    }

    /// Nothing is kept without a yes, and what isn't kept is given back.
    private func answer(_ offer: JSON, _ body: JSONObject) async throws -> JSON {
        var body = body
        guard let text = DeviceOfferText(offer, provider: provider, agent: agent ?? "") else {
            throw CommandFailure(.refused, "unavailable", "the gateway's answer names no account")
        }
        text.lines.forEach(tell)
        if let refusal = refusal(of: text) {
            _ = try await common.send("POST", ["connections", "device", "drop"], body: body)
            throw refusal
        }
        body["account"] = .string(text.account.id)
        body["insteadOf"] = text.before.map { .string($0.id) }
        body["shown"] = offer["shown"]
        if text.isOwners { body["sharedWithOwner"] = true }
        let kept = try await common.send("POST", ["connections", "device", "keep"], body: body)
        return kept["connection"] ?? .null
    }

    /// Why it isn't kept: what the flags say, or whoever sits there.
    private func refusal(of offer: DeviceOfferText) -> CommandFailure? {
        func failure(_ message: String, hint: String) -> CommandFailure {
            CommandFailure(.refused, "not_confirmed", message, hint: hint + "; the access was given back")
        }
        guard let named = grants.yes else {
            for question in offer.questions(isShared: sharedWithOwner) where !confirm(question) {
                return failure("nothing was connected", hint: "type `yes` to agree")
            }
            return nil
        }
        guard offer.account.isCalled(named) else {
            return failure(
                "it was allowed as `\(offer.account.shown)`, and `--yes` names `\(named)`",
                hint: "allow it as the account that is meant")
        }
        if let before = offer.before, !(grants.insteadOf.map(before.isCalled) ?? false) {
            return failure(
                "`\(offer.account.shown)` would take the place of `\(before.shown)`",
                hint: "say so with `--instead-of \(before.shown)`, or keep both with `--replaces none`")
        }
        guard !offer.isOwners || sharedWithOwner else {
            return failure(
                "`\(offer.account.shown)` is the account of the agent's owner",
                hint: "use an account of the agent's own, or say that this is meant with `--shared-with-owner`")
        }
        return nil
    }

    private func confirm(_ question: String) -> Bool {
        FileHandleOutput.standardError(question + " Type yes: ")
        return readLine()?.stripped == "yes"
    }

    /// What is to be read while waiting. Standard output is the answer's.
    private func tell(_ line: String) {
        FileHandleOutput.standardError(line + "\n")
    }
}
