import OAuth

/// Why nothing came of asking as one of our apps.
enum AskingProblem: Error {
    /// It wasn't asked, or what came back isn't what was asked for.
    case fault(GrantFault)
    case token(TokenProblem)

    /// Who asks wasn't taken: then nothing was spent, since that is looked at before what is asked.
    var isAppRefused: Bool {
        switch self {
        case .token(.answered(let failure)): failure.kind == .registration
        case .token, .fault: false
        }
    }
}

/// What a provider answered, and to which of an app's secrets.
struct Asked<Answer> {
    let answer: Answer
    let app: ProviderApp
}

extension AppDesk {
    /// Asks as an app. With a new secret that the provider doesn't take yet, once more with the one before.
    ///
    /// - Parameters:
    ///   - mayAgain: whether there is time for a second question.
    ///   - ask: what is signed in it, is signed as the app that it gets.
    func asking<Answer>(
        as app: ProviderApp, while mayAgain: () -> Bool = { true },
        _ ask: (ProviderApp) async throws(AskingProblem) -> Answer
    ) async throws(AskingProblem) -> Asked<Answer> {
        do throws(AskingProblem) {
            return Asked(answer: try await ask(app), app: app)
        } catch {
            guard error.isAppRefused, let before = app.before.first, mayAgain() else { throw error }
            return Asked(answer: try await ask(before), app: before)
        }
    }

    /// As `asking`, for a question in which nothing is signed but who asks.
    func asking<Answer>(
        plainly app: ProviderApp, _ ask: (ProviderApp) async throws(TokenProblem) -> Answer
    ) async throws(TokenProblem) -> Asked<Answer> {
        do throws(AskingProblem) {
            return try await asking(as: app) { app throws(AskingProblem) in
                do throws(TokenProblem) { return try await ask(app) } catch { throw .token(error) }
            }
        } catch {
            switch error {
            case .token(let problem): throw problem
            case .fault(let fault): throw .notSent(fault.message)
            }
        }
    }

    /// As `asking`, for a revocation, whose answer says whether our app was taken. It proves no secret: many servers end a
    /// token for whoever shows it.
    func revoking(
        as app: ProviderApp, _ revoke: (ProviderApp) async throws(TokenProblem) -> RevocationOutcome
    ) async throws(TokenProblem) -> RevocationOutcome {
        let outcome = try await revoke(app)
        guard outcome.isAppRefused, let before = app.before.first else { return outcome }
        return try await revoke(before)
    }
}
