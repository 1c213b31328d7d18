extension Control {
    /// Everything that model servers were asked with a good key, the bodies as they came.
    func readModels(_ call: Call) throws(Answer) -> Answer {
        Answer(200, ["asked": world.models.asked])
    }

    /// The next reply of a model server is this one.
    func planReply(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        guard let ending = Plan.Ending(rawValue: body["ending"]?.text ?? "finished") else {
            let known = Plan.Ending.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.no(400, "`ending` must be one of \(known)")
        }
        var plan = Plan(text: body["text"]?.text ?? "", ending: ending)
        for planned in body["calls"]?.items ?? [] {
            guard let name = planned["name"]?.text, let arguments = planned["arguments"]?.text else {
                throw Self.no(400, "a call needs `name` and `arguments`, both strings")
            }
            plan.calls.append((name, arguments))
        }
        plan.cutAfter = body["cut_after"]?.int
        plan.errorAfter = body["error_after"]?.int
        world.models.plan(plan, at: try service(body))
        return Answer(204, nil)
    }

    /// The time between two events of a stream.
    func setPace(_ call: Call) throws(Answer) -> Answer {
        guard let milliseconds = try body(call)["milliseconds"]?.int, milliseconds >= 0 else {
            throw Self.no(400, "`milliseconds` must be a number")
        }
        world.models.set(pace: .milliseconds(milliseconds))
        return Answer(204, nil)
    }
}
