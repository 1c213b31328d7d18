import Authority
import Gateway
import Registry
import Storage
import Telemetry
import Wire

/// The home's health on one screen, from what `/readyz` and `/metrics` say.
struct Status {
    let home: Home
    let readiness: Readiness
    let registry: MetricRegistry

    func json() async -> JSON {
        let report = await readiness.report()
        let findings = report.findings.map { name, finding -> JSON in
            var object: JSONObject = ["name": .string(name), "state": .string(finding.word)]
            if let reason = finding.reason { object["reason"] = .string(reason) }
            return .object(object)
        }
        let organization = try? await home.store.organization(home.organization)
        return [
            "version": .string(Version.text), "home": .string(home.paths.root),
            "phase": .string(report.phase.rawValue), "ready": .bool(report.isReady),
            "stopped": organization.map { .bool($0.standing != .active) } ?? .null,
            "checks": .array(findings),
            "metrics": .array(await registry.families().map(\.json)),
        ]
    }
}

extension Readiness.Finding {
    var word: String {
        switch self {
        case .good: "good"
        case .degraded: "degraded"
        case .bad: "bad"
        }
    }

    var reason: String? {
        switch self {
        case .good: nil
        case .degraded(let reason), .bad(let reason): reason
        }
    }
}

extension MetricFamily {
    /// Without the buckets of histograms.
    fileprivate var json: JSON {
        let shown = samples.filter { $0.suffix != "_bucket" }.map { sample -> JSON in
            [
                "name": .string(name + sample.suffix),
                "labels": .object(JSONObject(sample.labels.map { ($0.name, .string($0.value)) })),
                "value": JSONNumber(Exposition.text(of: sample.value)).map { .number($0) } ?? .null,
            ]
        }
        return ["name": .string(name), "help": .string(help), "samples": .array(shown)]
    }
}
