import Telemetry
import Turns

/// How the mailboxes stand that this process reads.
struct MailboxFigures: MetricSource {
    let states: MailboxStates

    func families() async -> [MetricFamily] {
        [
            .labelled(
                "deputy_mailboxes", "Mailboxes that this gateway reads, by state.", "state",
                [("failing", Double(states.troubles.count)), ("open", Double(states.open))])
        ]
    }
}
