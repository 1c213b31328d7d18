import Egress
import Gate
import Gateway
import Telemetry

/// Everything that this process measures.
struct Instruments: Sendable {
    let registry: MetricRegistry
    let http: HTTPInstruments
    let upstream: UpstreamInstruments
    let calls: CallInstruments

    init() {
        let registry = MetricRegistry()
        self.registry = registry
        http = HTTPInstruments(registry)
        upstream = UpstreamInstruments(registry)
        calls = CallInstruments(registry)
        registry.add { ProcessReader.read()?.families ?? [] }
        registry.add {
            [
                MetricFamily(
                    "deputy_build_info", "The version that runs.", .gauge,
                    [MetricSample(1, [MetricLabel("version", Version.text)])])
            ]
        }
    }
}
