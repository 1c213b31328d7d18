import Authority
import Gate
import Logging
import Telemetry
import Tracing

/// What is told of calls. Metrics never say by person, agent or tool: those are as many as there are, and metrics are read
/// by who may not know them. The log and spans name agent and tool. Nothing has arguments or results.
struct CallInstruments: GateObserver {
    private let calls: Counter
    private let refusals: Counter
    private let seconds: Histogram
    private let stages: [GateStage: Histogram]
    private let tracer: SpanTracer?
    private let log: Logger

    init(_ registry: MetricRegistry, tracer: SpanTracer?, log: Logger) {
        self.tracer = tracer
        self.log = log
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
        tracer?.record("gate \(stage.rawValue)", from: stretch.start, to: stretch.end)
    }

    func observing(_ call: CallID, _ run: () async -> EndedCall) async {
        let start = ContinuousClock.now
        let ended: EndedCall
        if let tracer {
            let span = tracer.startSpan("execute_tool")
            ended = await InstrumentationContext.withValue(span.context) {
                let ended = await run()
                tell(ended, since: start)
                return ended
            }
            describe(ended, span)
            span.end()
        } else {
            ended = await run()
            tell(ended, since: start)
        }
    }

    private func tell(_ call: EndedCall, since start: ContinuousClock.Instant) {
        let took = ContinuousClock.now - start
        let effect = call.judged?.effect.rawValue ?? "none"
        let identity = call.judged?.identity?.rawValue ?? "none"
        calls.add(1, [call.answer, effect, identity])
        if let layer = call.judged?.layer { refusals.add(1, [layer.label]) }
        seconds.record(took, [effect])
        log.info(
            "call answered",
            metadata: [
                "call": "\(call.id)", "organization": "\(call.organization)", "agent": "\(call.agent)",
                "tool": "\(call.judged?.tool ?? "")", "effect": "\(effect)", "identity": "\(identity)",
                "outcome": "\(call.answer)", "layer": "\(call.judged?.layer?.label ?? "")",
                "milliseconds": "\(Int(took.inSeconds * 1000))",
            ])
    }

    /// By the names of OpenTelemetry's GenAI conventions, and ours where they have none.
    private func describe(_ call: EndedCall, _ span: RecordedSpan) {
        guard span.isRecording else { return }
        span.set("gen_ai.operation.name", "execute_tool")
        span.set("gen_ai.agent.name", call.agent.raw)
        span.set("gen_ai.tool.call.id", call.id.raw)
        span.set("gen_ai.tool.type", "extension")
        span.set("deputy.organization", call.organization.raw)
        span.set("deputy.outcome", call.answer)
        if let judged = call.judged {
            span.operationName = "execute_tool \(judged.tool)"
            span.set("gen_ai.tool.name", judged.tool)
            span.set("deputy.effect", judged.effect.rawValue)
            span.set("deputy.identity", judged.identity?.rawValue)
            span.set("deputy.layer", judged.layer?.label)
        }
        if call.answer != "done" { span.fail(call.answer) }
    }
}

extension Layer {
    /// Its name in one word.
    var label: String { name.replacing(" ", with: "_") }
}
