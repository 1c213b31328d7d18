import Gate

func act(_ step: Step, _ permit: borrowing Permit, through upstream: any Upstream) async {
    _ = await upstream.effect(step, spending: permit)
}
