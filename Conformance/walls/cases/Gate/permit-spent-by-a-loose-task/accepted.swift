import Gate

func act(_ step: Step, _ permit: consuming Permit, through upstream: any Upstream) {
    Task {
        _ = try? await upstream.probe(step, under: permit)
    }
}
