extension Control {
    func putClient(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in try oauth.client(body) }
    }

    func putAccount(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in try oauth.account(body) }
    }

    func putOrigin(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in try oauth.origin(body) }
    }

    /// Changes how the strict server behaves.
    func setStrict(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in try knobs.change(body) }
    }

    func setClock(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in
            guard let seconds = body["ahead_seconds"]?.int else {
                throw SetupProblem("`ahead_seconds` must be a number")
            }
            clock.set(offset: seconds)
        }
    }

    /// Lets a Google service account act in the names of the domain's people.
    func delegate(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in try oauth.domain.delegate(body) }
    }

    /// Gives a Google service account the role by which it changes its own keys, or takes it back.
    func letManageKeys(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in try oauth.domain.letManageKeys(body) }
    }

    /// A key file of a Google service account.
    func makeKey(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        return Answer(
            200,
            try Self.checked { () throws(SetupProblem) in
                try oauth.domain.makeKey(body, origin: body["origin"]?.text ?? "https://oauth2.googleapis.com")
            })
    }

    /// What was allowed at a service, and what became of it.
    func readFamilies(_ call: Call) throws(Answer) -> Answer {
        let desk = try Self.checked { () throws(SetupProblem) in
            try oauth.desk(["service": .text(call.query["service"])])
        }
        return Answer(200, ["families": .array(desk.step { $0.families.map(\.json) })])
    }

    /// Ends authorizations from the provider's side: one, or all that an owner gave.
    func endFamilies(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        let desk = try Self.checked { () throws(SetupProblem) in try oauth.desk(body) }
        let chosen = desk.step { book in
            book.families.filter { family in
                family.ended == nil && (family.id == body["family"]?.int || family.owner == body["owner"]?.text)
            }.map(\.id)
        }
        for id in chosen { desk.end(id, cause: body["cause"]?.text ?? "revoked by the provider") }
        return Answer(200, ["ended": .array(chosen.map(JSON.int))])
    }

    /// `{"service", "owner", "scopes"}`: an administrator, or the vendor, takes permissions back, and says so to nobody.
    func narrowScopes(_ call: Call) throws(Answer) -> Answer {
        try setUp(call) { body throws(SetupProblem) in
            let scopes = Set((body["scopes"]?.items ?? []).compactMap(\.text))
            guard let owner = body["owner"]?.text, !scopes.isEmpty else {
                throw SetupProblem("`owner` must be a string, and `scopes` a list")
            }
            try oauth.desk(body).narrow(owner, without: scopes)
        }
    }

    private func setUp(_ call: Call, _ change: (JSON) throws(SetupProblem) -> Void) throws(Answer) -> Answer {
        let body = try body(call)
        try Self.checked { () throws(SetupProblem) in try change(body) }
        return Answer(204, nil)
    }

    private static func checked<Value>(_ work: () throws(SetupProblem) -> Value) throws(Answer) -> Value {
        do {
            return try work()
        } catch {
            throw no(400, error.text)
        }
    }
}
