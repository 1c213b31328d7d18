import Broker
import Gate
import Gateway
import Logging
import Registry
import ServiceLifecycle
import Storage
import Turns

extension Composition {
    /// What a gateway does beside answering, whether or not others share its store.
    var workers: [any Service] {
        let organization = home.organization
        return [
            EndlessService("checkpoints") { [checkpointer = signatures.checkpointer] in try await checkpointer.run() },
            EndlessService("approvals") { [runner = asking.runner] in await runner.run() },
            EndlessService("notices") { [notices = asking.notices] in await notices.run() },
            // Those that were told at once aren't waited for here, so that looking seldom is enough.
            RepeatedService(
                "revocations", every: .seconds(15), orElse: "what providers are still to be told can't be read", log
            ) { [revocations = connecting.revocations] in try await revocations.sweep() },
            RepeatedService(
                "rotations", every: .seconds(5), orElse: "which of our keys are to be replaced can't be read", log
            ) { [rotations = connecting.rotations] in try await rotations.sweep() },
            OffboardingService(desk: upkeep.offboarding, log: log),
            AuditService(audit: upkeep.audit, organization: organization, mark: home.paths.auditMark, log: log),
            RenewalService(keeper: brokerage.keeper, log: log),
            RepeatedService(
                "retention", every: .seconds(600),
                orElse: "what was said can't be destroyed when its days are over", log
            ) { [retention = upkeep.retention] in try await retention.sweep(organization) },
            RepeatedService(
                "connecting", every: .seconds(60), orElse: "accounts that nobody answered about can't be given back",
                log
            ) { [guide = connecting.guide] in await guide.desk.sweep() },
            RepeatedService(
                "servers", after: { [news = connecting.news] in await news.bell.wait(atMost: .seconds(20)) },
                orElse: "remote servers can't be compared with their pins", log
            ) { [watch = connecting.watch, log] in for outcome in try await watch.sweep() { outcome.tell(log) } },
            RepeatedService(
                "health", every: .seconds(5), orElse: "the health of connections can't be looked after", log
            ) { [health = upkeep.health] in try await health.sweep() },
            // This gateway's own calls, whose outcome its store couldn't take, and those of gateways that died beside it.
            RepeatedService("settling", every: .seconds(5), orElse: "calls without an outcome can't be settled", log) {
                [self, gate, recovery = upkeep.recovery, store = home.store] in
                try await gate.settle(store)
                // What the dead one was to send or carry out is anybody's now.
                if store.isShared, try await recovery.takeOver() > 0 { wake() }
            },
            ground.disk,
        ]
    }
}

extension ServerWatch.Outcome {
    fileprivate func tell(_ log: Logger) {
        if let failure {
            log.warning("a remote server can't be compared with its pins", metadata: ["error": "\(failure)"])
        } else if !quarantined.isEmpty {
            log.warning(
                "tools of a remote server have changed, and nobody may call them",
                metadata: ["server": "\(server)", "tools": "\(quarantined.prefix(20).joined(separator: ", "))"])
        } else {
            log.debug("a remote server was compared with its pins", metadata: ["server": "\(server)"])
        }
    }
}
