import Authority
import Gate
import Telemetry

/// What is counted of calls. Never by person, agent or tool: those are as many as there are, and this can be read by who
/// may not know them.
struct CallInstruments: GateObserver {
    private let calls: Counter
    private let refusals: Counter
    private let seconds: Histogram
    private let stages: [GateStage: Histogram]

    init(_ registry: MetricRegistry) {
        calls = registry.adding(
            Counter(
                "deputy_calls_total", "Tool calls answered, by what became of them, effect and the agent's identity.",
                labels: ["outcome", "effect", "identity"], most: 600))
        refusals = registry.adding(
            Counter(
                "deputy_refusals_total", "Calls that weren't permitted at once, by the layer that kept them.",
                labels: ["layer"]))
        seconds = registry.adding(
            Histogram(
                "deputy_call_seconds", "From the gate's door to its answer.", bounds: Histogram.long,
                labels: ["effect"]))
        stages = [
            .decide: registry.adding(
                Histogram(
                    "deputy_decision_seconds", "To gather a call's facts and decide.", bounds: Histogram.short)),
            .commit: registry.adding(
                Histogram(
                    "deputy_intent_seconds", "To make a call's decision and intent durable.", bounds: Histogram.short)),
            .record: registry.adding(
                Histogram("deputy_outcome_seconds", "To record a call's outcome.", bounds: Histogram.short)),
        ]
    }

    func passed(_ stage: GateStage, of call: CallID, _ stretch: Stretch) {
        stages[stage]?.record(stretch.duration)
    }

    func ended(_ call: EndedCall, _ stretch: Stretch) {
        let effect = call.judged?.effect.rawValue ?? "none"
        calls.add(1, [call.answer, effect, call.judged?.identity?.rawValue ?? "none"])
        if let layer = call.judged?.layer { refusals.add(1, [layer.label]) }
        seconds.record(stretch.duration, [effect])
    }
}

extension Layer {
    /// Its name in one word.
    var label: String { name.replacing(" ", with: "_") }
}
