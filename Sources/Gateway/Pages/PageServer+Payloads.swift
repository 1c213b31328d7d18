import Console
import Gate
import HTTPTypes
import Hummingbird
import Registry
import Wire

/// Arguments and results of calls, for a person with the role `payload_reader`. For everybody else there is nothing here.
extension PageServer {
    @Sendable func payloads(_ visit: Visit) async throws -> Response {
        try await checkReader(visit)
        return page(PayloadsView(), visit, place: "payloads")
    }

    @Sendable func readPayloads(_ visit: Visit) async throws -> Response {
        try await checkReader(visit)
        let call = CallID(visit.form["call"] ?? "")
        let found: CallPayloads
        do throws(RegistryError) {
            found = try await desks.payloads.read(
                call, because: visit.form["reason"] ?? "", by: visit.person, in: visit.organization)
        } catch {
            guard !visit.isForTerminal, error.code != .unavailable else { throw error }
            return page(
                PayloadsView(problem: "That wasn't read: \(Inert.text(error.message))."), visit, place: "payloads",
                status: .unprocessableContent)
        }
        guard !visit.isForTerminal else {
            return json(
                [
                    "call": .string(call.raw), "arguments": found.arguments?.json ?? .null,
                    "result": found.result?.json ?? .null,
                ], .ok)
        }
        return page(
            PayloadsView(
                read: PayloadsView.Read(
                    call: Inert.text(call.raw), arguments: found.arguments?.shown, result: found.result?.shown)), visit,
            place: "payloads")
    }

    private func checkReader(_ visit: Visit) async throws {
        guard try await desks.payloads.isReader(visit.person, in: visit.organization) else {
            throw PageRefusal.notFound
        }
    }
}

extension ReadPayload {
    fileprivate var shown: String { Inert.json((try? JSON.parse(Array(text.utf8)).pretty()) ?? text) }
}
