import Authority
import HTTPTypes
import Hummingbird
import NIOCore
import Turns
import Wire

extension PageServer {
    /// What a person wrote to agents and was told, as JSON Lines. Theirs alone: a session of somebody else has no lines.
    @Sendable func transcript(_ visit: Visit) async throws -> Response {
        let talk = desks.talk
        let turns = try await talk.transcript(
            of: visit.person, in: visit.organization, session: visit.query["session"])
        let body = ResponseBody { writer in
            for turn in turns {
                for line in try await talk.transcript(of: turn) {
                    try await writer.write(ByteBuffer(bytes: line.bytes() + [UInt8(ascii: "\n")]))
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-ndjson",
                .contentDisposition: "attachment; filename=\"conversations.jsonl\"",
            ], body: body)
    }
}
