import Gate

func act(_ step: Step, _ permit: consuming Permit, through upstream: any Upstream) {
    Task {
        _ = await upstream.effect(step, spending: permit)
    }
}
