import Authority
import Broker
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Compares every connection with the ledger, and takes out of use what was put back or altered: once after the start, for
/// what happened while the gateway didn't run, and once a day. Reading takes its time, so calls don't wait for it.
struct AuditService: NamedService {
    let audit: VaultAudit
    let organization: OrganizationID
    /// The file with the place where the next audit goes on.
    let mark: String
    let log: Logger
    let description = "audit"

    private static let interval = Duration.seconds(24 * 60 * 60)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await compare()
                try? await Task.sleep(for: AuditService.interval, tolerance: .seconds(60 * 60))
            }
        }
    }

    private func compare() async throws {
        let outcome: AuditOutcome
        let pace = Pace()
        let known = (try? Data(contentsOf: URL(filePath: mark))).map { [UInt8]($0) }
        do {
            outcome = try await audit.quarantine(in: organization, since: known) {
                try await pace.rest()
            }
        } catch {
            if Task.isCancelled { return }
            throw CommandFailure(
                .unproven, "unproven", "the connections can't be compared with the ledger",
                hint: "see `deputy doctor`")
        }
        for finding in outcome.findings {
            log.error("\(finding.message)", metadata: ["fault": "\(finding.code)"])
            // Nothing tells then which connection may be used.
            if finding.connection == nil {
                throw CommandFailure(.unproven, finding.code, finding.message, hint: finding.hint)
            }
        }
        log.debug(
            "connections compared with the ledger",
            metadata: ["whole_ledger": "\(!outcome.isResumed)", "findings": "\(outcome.findings.count)"])
        guard let next = outcome.mark else { return }
        do {
            try PrivateFile.replace(next, at: mark)
        } catch {
            log.warning("\(mark) can't be written: the next audit reads the whole ledger")
        }
    }
}

/// Works a quarter of the time at most, so that calls have the rest.
private final class Pace: Sendable {
    private let begun = Mutex(ContinuousClock.now)

    func rest() async throws {
        let worked = ContinuousClock.now - begun.withLock { $0 }
        try await Task.sleep(for: min(worked * 3, .seconds(1)))
        begun.withLock { $0 = ContinuousClock.now }
    }
}
