import Gate

func act(_ steps: [Step], _ permit: consuming Permit, through upstream: any Upstream) async {
    for step in steps {
        _ = await upstream.effect(step, spending: permit)
    }
}
