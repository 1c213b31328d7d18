extension Control {
    func readJournal(_ call: Call) throws(Answer) -> Answer {
        let since = call.query["since"].map { Int($0) } ?? 0
        guard let since else { throw Self.no(400, "`since` must be a number") }
        return Answer(200, journal.entries(since: since))
    }

    func clearJournal(_ call: Call) throws(Answer) -> Answer {
        journal.clear()
        return Answer(204, nil)
    }

    func readCounts(_ call: Call) throws(Answer) -> Answer {
        Answer(200, journal.counts)
    }

    func readSent(_ call: Call) throws(Answer) -> Answer {
        Answer(
            200,
            [
                "mails": world.gmail.sent, "events": world.calendar.made, "messages": world.slack.posted,
                "graph": world.graph.made,
            ])
    }

    func revoke(_ call: Call) throws(Answer) -> Answer {
        let (service, owner) = try account(try body(call))
        guard tokens.revoke(service, owner) else { throw Self.no(404, "no token of `\(owner)`") }
        return Answer(200, ["revoked": true])
    }

    /// `scopes` narrows or widens the new token; without it the account's own are kept.
    func reissue(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        let (service, owner) = try account(body)
        let scopes = body["scopes"]?.items.map { Set($0.compactMap(\.text)) }
        guard let token = tokens.reissue(service, owner, scopes: scopes) else {
            throw Self.no(404, "no account of `\(owner)`")
        }
        return Answer(200, ["token": .string(token.secret)])
    }

    func delay(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        guard let milliseconds = body["milliseconds"]?.int, milliseconds >= 0 else {
            throw Self.no(400, "`milliseconds` must be a number")
        }
        faults.hold(
            try service(body), operation: body["operation"]?.text, for: .milliseconds(milliseconds))
        return Answer(200, ["milliseconds": .int(milliseconds)])
    }

    func plant(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        let fault: Fault
        switch (body["drop"]?.text, body["page"]?.text, body["status"]?.int) {
        case ("before", nil, nil): fault = .dropBefore
        case ("after", nil, nil): fault = .dropAfter
        case (nil, "before", nil): fault = .pageBefore
        case (nil, "after", nil): fault = .pageAfter
        case (nil, nil, .some(let status)) where (400...599).contains(status):
            fault = .status(status, retryAfter: body["retry_after"]?.int)
        default:
            throw Self.no(400, "one of `drop`, `page` (`before`, `after`) and `status` (400 to 599) is needed")
        }
        let count = body["count"]?.int ?? 1
        guard count >= 0 else { throw Self.no(400, "`count` must not be negative") }
        faults.plant(fault, at: try service(body), operation: body["operation"]?.text, count: count)
        return Answer(200, ["count": .int(count)])
    }

    /// The words with which the remote server describes its tool from now on.
    func describeTickets(_ call: Call) throws(Answer) -> Answer {
        guard let text = try body(call)["description"]?.text else {
            throw Self.no(400, "`description` must be a string")
        }
        world.tickets.describe(text)
        return Answer(204, nil)
    }

    /// Takes a webhook, as somebody's own receiver would.
    func takeHook(_ call: Call) throws(Answer) -> Answer {
        world.hooks.take(try body(call))
        return Answer(204, nil)
    }

    func readHooks(_ call: Call) throws(Answer) -> Answer {
        Answer(200, ["hooks": .array(world.hooks.all)])
    }

    func body(_ call: Call) throws(Answer) -> JSON {
        guard let body = try? call.json() else { throw Self.no(400, "the body must be JSON") }
        return body
    }

    func service(_ body: JSON) throws(Answer) -> ServiceName {
        guard let service = body["service"]?.text.flatMap(ServiceName.init(rawValue:)) else {
            let known = ServiceName.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.no(400, "`service` must be one of \(known)")
        }
        return service
    }

    private func account(_ body: JSON) throws(Answer) -> (ServiceName, String) {
        guard let owner = body["owner"]?.text else { throw Self.no(400, "`owner` must be a string") }
        return (try service(body), owner)
    }
}
