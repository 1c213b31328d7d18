public import Hummingbird
public import Wire

/// `/healthz`, which says that the process answers, and `/readyz`, which says whether it can do its work. Anybody may ask,
/// so the answers name what is wrong in one word and no more.
public struct HealthRoutes: Sendable {
    private let readiness: Readiness

    public init(_ readiness: Readiness) {
        self.readiness = readiness
    }

    public func addRoutes<Context: RequestContext>(to router: Router<Context>) {
        router.get("/healthz") { _, _ in
            Response.json(["status": "ok"])
        }
        router.get("/readyz") { [readiness] _, _ in
            let report = await readiness.report()
            return Response.json(report.json, status: report.isReady ? .ok : .serviceUnavailable)
        }
    }
}

extension Readiness.Report {
    /// What strangers are told.
    public var json: JSON {
        let degraded = JSON.array(degraded.map { .string($0) })
        guard !isReady else {
            return self.degraded.isEmpty ? ["status": "ready"] : ["status": "degraded", "reasons": degraded]
        }
        let names = (phase == .serving ? [] : [phase.rawValue]) + bad
        return ["status": "not ready", "reasons": .array(names.map { .string($0) })]
    }
}
