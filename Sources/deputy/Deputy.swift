import ArgumentParser
import Vault

@main
struct Deputy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deputy",
        abstract: "Decides for every action of an AI agent who it acts as, for whom and whether, and can prove it.",
        discussion: """
            Exit codes: 0 done; 1 refused or failed; 2 the home can't be used; 3 something is wrong with the ledger or \
            the demo; 4 `plan --exit-code` found changes; 64 the command was written wrong.
            """,
        version: Version.text,
        subcommands: [ManualCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "setup",
                subcommands: [
                    InitCommand.self, ServeCommand.self, StatusCommand.self, DoctorCommand.self,
                    MigrateStoreCommand.self,
                    DemoCommand.self, CompletionsCommand.self,
                ]),
            CommandGroup(
                name: "authority",
                subcommands: [
                    PeopleCommand.self, GroupsCommand.self, AgentsCommand.self, ToolsCommand.self, ServersCommand.self,
                    ChannelsCommand.self, SendersCommand.self, BindingsCommand.self, PlanCommand.self,
                    ApplyCommand.self, ExportCommand.self,
                ]),
            CommandGroup(
                name: "access",
                subcommands: [
                    LoginCommand.self, SignInCommand.self, IssuersCommand.self, AppsCommand.self,
                    ConnectionsCommand.self,
                    TokensCommand.self,
                    ClientsCommand.self,
                    NoticesCommand.self,
                ]),
            CommandGroup(
                name: "record",
                subcommands: [
                    ApprovalsCommand.self, CallsCommand.self, OrdersCommand.self, SchedulesCommand.self,
                    SessionsCommand.self,
                    MemoryCommand.self,
                    MessagesCommand.self,
                    ModelsCommand.self,
                    LedgerCommand.self,
                    ExplainCommand.self,
                ]),
            CommandGroup(
                name: "safety",
                subcommands: [
                    StopCommand.self, ResumeCommand.self, BackupCommand.self, RestoreCommand.self, KeysCommand.self,
                ]),
        ])

    /// Ends with what the parser of arguments says.
    private static func refuse(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        guard code == .validationFailure else { exit(withError: error) }
        FileHandleOutput.standardError(Blotted.addresses(Blotted.arguments(fullMessage(for: error))) + "\n")
        exit(withError: code)
    }

    static func main() async {
        do {
            // Before any secret is read: no core dump, and no other process of this user may look into this one.
            try ProcessHardening.apply()
            try KnownCommand.check(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard let failure = CommandFailure(error) else { refuse(error) }
            failure.report(asJSON: CommandLine.arguments.contains("--json"))
            exit(withError: ExitCode(failure.exitCode.rawValue))
        }
    }
}

enum Version {
    static let text = "0.1.0"
    /// When this version was made, as manual pages say it.
    static let date = "November 21, 2026"
}
