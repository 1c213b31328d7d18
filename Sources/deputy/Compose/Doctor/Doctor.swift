import Authority
import Broker
import Definition
import FoundationEssentials
import Gate
import Gateway
import Registry
import Storage
import Telemetry
import Turns
import Vault
import Wire

/// Looks at a home for what is wrong or unsafe.
struct Doctor {
    let home: Home
    let providers: ProviderShelf
    let administration: Administration
    let desk: ConnectionDesk
    let apps: AppDesk
    let world: World
    let ledger: LedgerDesk
    let servers: ServerDesk
    let audit: VaultAudit
    let signIn: SignInDesk
    let oauth: OAuthDesk
    let workspaces: Workspaces
    let retention: RetentionDesk
    let mailboxes: MailboxStates
    /// What came to a channel and started nothing since this process began.
    let refusals: Counter
    let disk: DiskWatch
    let sockets: SocketStandings
    let clock: LastingClock

    func examine(_ settings: CompositionSettings) async -> [DoctorFinding] {
        var findings = [
            DoctorFinding(.good, "the home is closed to other users, and its key opens its store"),
            DoctorFinding(
                .good,
                "\(providers.all.count) providers with \(providers.all.flatMap(\.tools).count) tools: "
                    + providers.all.map(\.provider.raw).joined(separator: ", ")),
        ]
        if home.isDemo {
            findings.append(
                DoctorFinding(.warning, "this is a demo home", hint: "make a real one with `deputy init`"))
        }
        for manifest in providers.all where manifest.origin.hasPrefix("http://") {
            findings.append(
                DoctorFinding(
                    .warning, "`\(manifest.provider)` is reached at \(manifest.origin), in clear",
                    hint: "this is for tests only"))
        }
        findings.append(await examineKeys())
        switch disk.finding {
        case .good: break
        case .degraded(let reason): findings.append(DoctorFinding(.warning, reason, hint: "make room"))
        case .bad(let reason):
            findings.append(DoctorFinding(.bad, reason, hint: "make room; calls go on by themselves"))
        }
        findings += clock.differences.map {
            DoctorFinding(.warning, $0, hint: "set this machine's clock, best by a time service")
        }
        do {
            _ = try await home.store.trees()
        } catch {
            // Nothing below could be said.
            findings.append(
                DoctorFinding(
                    .bad, "the store can't be read: \((error as? StorageError)?.message ?? "\(error)")",
                    hint: (error as? StorageError)?.hint))
            return findings
        }
        findings += await examineSwitch()
        findings += await examineLedger()
        findings += await examineVault()
        findings += await examineCopies()
        findings += await examineApps()
        findings += await examineConnections()
        findings += await examineAgents()
        findings += await examineServers()
        findings += await examineNotices()
        findings += await examineSignIn()
        findings += await examineIssuers()
        findings += await examineTalk()
        findings += await examineChannels()
        return findings
    }

    private func examineNotices() async -> [DoctorFinding] {
        guard let counts = try? await home.store.noticeCounts() else {
            return [DoctorFinding(.bad, "the notices can't be read")]
        }
        var findings: [DoctorFinding] = []
        if let failed = counts[.failed], failed > 0 {
            findings.append(
                DoctorFinding(
                    .warning, "\(failed) notices were never delivered",
                    hint: "try the ways out with `deputy notices test PERSON`"))
        }
        if let unknown = counts[.unknown], unknown > 0 {
            findings.append(
                DoctorFinding(.warning, "of \(unknown) notices nobody knows whether they were delivered"))
        }
        let waiting = (counts[.waiting] ?? 0) + (counts[.sending] ?? 0)
        if waiting > 0 { findings.append(DoctorFinding(.warning, "\(waiting) notices wait to be delivered")) }
        return findings
    }

    private func examineSwitch() async -> [DoctorFinding] {
        guard let organization = try? await home.store.organization(home.organization) else {
            return [DoctorFinding(.bad, "the organization can't be read")]
        }
        guard organization.standing != .active else { return [] }
        return [DoctorFinding(.warning, "everything is stopped: no agent does anything", hint: "`deputy resume`")]
    }

    private func examineKeys() async -> DoctorFinding {
        let keys = home.keys
        do throws(VaultError) {
            try await onOwnThread { () throws(VaultError) in try keys.check() }
            return DoctorFinding(.good, "the keys come from `\(keys.source ?? .file)`, which opens them")
        } catch {
            return DoctorFinding(.bad, error.message, hint: error.hint)
        }
    }

    private func examineLedger() async -> [DoctorFinding] {
        guard let report = try? await ledger.verify() else {
            return [DoctorFinding(.bad, "the ledger can't be read")]
        }
        if report["intact"]?.boolValue == true { return [DoctorFinding(.good, "the ledger verifies")] }
        return [DoctorFinding(.bad, "the ledger doesn't verify", hint: "see `deputy ledger verify`")]
    }

    private func examineCopies() async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.paths.root)) ?? []
        for name in names.sorted() where name.hasPrefix("deputy.sqlite.replaced-") {
            findings.append(
                DoctorFinding(
                    .warning, "`\(name)` is a database that a restore replaced; it holds sealed secrets",
                    hint: "delete it when nothing of it is needed any more"))
        }
        let isSigned = (try? await home.store.latestCheckpoints(of: .system, limit: 1).isEmpty) == false
        if isSigned, !FileManager.default.fileExists(atPath: home.paths.mark) {
            findings.append(
                DoctorFinding(
                    .bad, "`\(home.paths.mark)` is missing: an older copy of the database would not be noticed",
                    hint: "find out who removed it; the next signature writes it anew"))
        }
        if let forked = try? await LedgerMark(paths: home.paths).forked(in: home.store) {
            findings.append(DoctorFinding(.bad, forked.message, hint: "put the database of this home back"))
        }
        return findings
    }

    private func examineVault() async -> [DoctorFinding] {
        guard let faults = try? await audit.findings(in: home.organization),
            let counts = try? await home.store.sealedCounts()
        else { return [DoctorFinding(.bad, "the connections can't be read")] }
        var findings = faults.map { DoctorFinding(.bad, $0.message, hint: $0.hint) }
        if faults.isEmpty {
            findings.append(DoctorFinding(.good, "every connection is what the ledger says, and its seal holds"))
        }
        let left = home.keys.keyStates.filter { $0.state == .decryptOnly }.reduce(0) { $0 + (counts[$1.id.bytes] ?? 0) }
        if left > 0 {
            findings.append(
                DoctorFinding(
                    .warning, "\(left) rows are sealed with an older key",
                    hint: "seal them anew with `deputy keys reseal`"))
        }
        return findings
    }
}
