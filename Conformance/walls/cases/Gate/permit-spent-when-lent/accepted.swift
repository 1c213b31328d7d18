import Gate

func act(_ step: Step, _ permit: borrowing Permit, through upstream: any Upstream) async {
    _ = try? await upstream.probe(step, under: permit)
}
