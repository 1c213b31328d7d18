import Gate

func act(_ steps: [Step], _ permit: consuming Permit, through upstream: any Upstream) async {
    for step in steps {
        _ = try? await upstream.probe(step, under: permit)
    }
}
