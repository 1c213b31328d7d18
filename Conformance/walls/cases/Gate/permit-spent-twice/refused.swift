import Gate

func act(_ step: Step, _ permit: consuming Permit, through upstream: any Upstream) async {
    let report = await upstream.effect(step, spending: permit)
    _ = await upstream.effect(step, spending: permit)
    _ = report.spent.call.id
}
