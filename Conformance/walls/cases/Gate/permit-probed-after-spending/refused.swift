import Gate

func act(_ step: Step, _ permit: consuming Permit, through upstream: any Upstream) async throws {
    let report = await upstream.effect(step, spending: permit)
    _ = try await upstream.probe(step, under: permit)
    _ = report.spent.call.id
}
