import Gate

func act(_ step: Step, _ permit: consuming Permit, through upstream: any Upstream) async {
    let report = await upstream.effect(step, spending: permit)
    _ = try? await upstream.verify(step, after: report.spent)
    _ = report.spent.call.id
}
