extension Oracle {
    /// Whether anything allows this intent, by what is durable at the moment of its commit.
    func judge(_ id: String, _ call: Picture.Call, at time: Int64) {
        func refuse(_ reason: String) { violate(.permitted, "\(id) \(call.tool) by \(call.agent): \(reason)") }
        if let reason = picture.standing(of: call) { return refuse(reason) }
        guard let agent = picture.agents[call.organization + "/" + call.agent] else { return refuse("no such agent") }
        // The clock of the process may be behind that of the ledger by a leaf; never by more than it reads.
        if let token = picture.tokens[call.client], time >= token.expires { refuse("its token has expired") }
        if agent.denied.contains(call.tool) { refuse("the tool is denied") }
        if let connection = call.connection.flatMap({ picture.connections[$0] }) {
            let owner = agent.kind == "assistant" ? "person:\(call.requester)" : "agent:\(call.agent)"
            if connection.owner != owner || connection.organization != call.organization {
                refuse("the connection is \(connection.owner)'s")
            }
        } else {
            refuse("there is no connection")
        }
        if agent.kind == "assistant" {
            let agreed = picture.agreements["\(call.organization)/\(call.agent)/\(call.requester)"] ?? []
            if !agreed.contains(where: { $0.hasPrefix(call.effect) }) { refuse("nothing of it was agreed to") }
        }
        if agent.kind == "delegate", !["read", "draft", "send", "create"].contains(call.effect) {
            refuse("a delegate of the second tier does nothing of this kind")
        }
        let session = Oracle.session(call)
        if call.effect == "execute", let seen = picture.labels[session], seen.isOutsider, !seen.isForgotten(at: time) {
            refuse("nothing is executed after an outsider's words")
        }
        consent(id, call, agent, at: time, refuse)
        spend(id, call, agent, at: time)
    }

    static func session(_ call: Picture.Call) -> String {
        "\(call.organization)/\(call.agent)/\(call.requester)/\(call.client)"
    }

    private func consent(
        _ id: String, _ call: Picture.Call, _ agent: Picture.Agent, at time: Int64, _ refuse: (String) -> Void
    ) {
        let approvers: Set<String> =
            switch agent.kind {
            case "assistant": [call.requester]
            case "claw": agent.approvers.subtracting([call.requester]).union([agent.owner])
            default: agent.principals
            }
        let isAsked =
            ["send", "share", "delete", "execute", "administer"].contains(call.effect)
            || agent.asked.contains(call.tool)
            || agent.kind == "delegate" && !agent.principals.contains(call.requester)
        if let name = call.approval {
            guard let ask = picture.approvals[name] else { return refuse("there is no \(name)") }
            check(!ask.isSpent, .approvalOnce, "\(name) by \(id)")
            picture.approvals[name]?.isSpent = true
            let good = ask.yes.filter { approvers.contains($0) && picture.people["\(call.organization)/\($0)"] == true }
            if good.isEmpty { refuse("nobody who may has agreed to \(name)") }
            if (ask.agent, ask.requester, ask.client, ask.tool) != (call.agent, call.requester, call.client, call.tool)
            {
                refuse("\(name) is for another call")
            }
        } else if let name = call.window {
            use(name, id, call, at: time)
            if call.effect == "execute" { refuse("a window doesn't stand for something that can't be taken back") }
            if let by = picture.windows[name]?.by,
                !approvers.contains(by)
                    || picture.people["\(call.organization)/\(by)"] != true
            {
                refuse("\(name) is of \(by), who may not agree")
            }
        } else if isAsked {
            refuse("nobody agreed")
        }
    }

    private func use(_ name: String, _ id: String, _ call: Picture.Call, at time: Int64) {
        guard var window = picture.windows[name] else { return violate(.windowBounds, "there is no \(name) for \(id)") }
        check(window.isOpen && window.uses != 0, .windowBounds, "\(name) isn't open for \(id)")
        check(time < window.until, .windowBounds, "\(name) is over for \(id)")
        check(
            (window.agent, window.requester, window.client, window.tool)
                == (call.agent, call.requester, call.client, call.tool),
            .windowBounds, "\(name) isn't for \(id)")
        window.uses = window.uses.map { $0 - 1 }
        picture.windows[name] = window
    }

    private func spend(_ id: String, _ call: Picture.Call, _ agent: Picture.Agent, at time: Int64) {
        for (limit, length) in [(agent.perMinute, Int64(60_000_000)), (agent.perDay, 86_400_000_000)] {
            guard let limit else { continue }
            let key = "\(call.organization)/\(call.agent)/\(length)"
            var spent = picture.budgets[key] ?? (time / length, 0)
            if spent.number < time / length { spent = (time / length, 0) }
            spent.used += 1
            picture.budgets[key] = spent
            check(spent.used <= limit, .budget, "\(id) is the \(spent.used)th of \(limit)")
        }
    }
}
