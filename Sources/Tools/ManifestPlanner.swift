import Definition
import Gate
import Wire

/// Renders a manifest's request templates.
struct ManifestPlanner: RequestPlanner {
    let tool: ToolManifest
    let manifest: ProviderManifest

    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(
            effect: try step(.effect, tool.request, arguments, call),
            verifications: try tool.verify.map { template throws(PlanError) in
                [try step(.verify, template, arguments, call)]
            } ?? [])
    }

    private func step(
        _ kind: StepKind, _ template: RequestTemplate, _ arguments: JSONObject, _ call: CallID
    ) throws(PlanError) -> Step {
        do throws(RenderingError) {
            let request = try manifest.render(template, arguments, call: call.raw)
            return Step(
                kind: kind, method: request.method, path: request.path, query: request.query,
                headers: request.headers.map { Step.Header($0.name, $0.value) }, body: request.body,
                transport: manifest.mail.map { .mail($0.access) } ?? .http)
        } catch {
            throw PlanError(argument: error.argument, message: error.message)
        }
    }
}
