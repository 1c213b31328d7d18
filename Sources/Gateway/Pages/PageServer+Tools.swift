import Authority
import Console
import HTTPTypes
import Hummingbird
import Registry
import Wire

/// Tools of remote servers, read and released by whoever owns the agents that get them.
extension PageServer {
    @Sendable func tools(_ visit: Visit) async throws -> Response {
        let all = try await desks.servers.releasable(by: visit.person, in: visit.organization)
        func rows(_ state: PinnedTool.State, _ note: (PinnedTool) -> String?) -> [ToolsView.Row] {
            all.filter { $0.tool.state == state }.map { found in
                ToolsView.Row(path: found.path, name: Inert.text(found.name), note: note(found.tool))
            }
        }
        let view = ToolsView(
            waiting: rows(.quarantined) { tool in
                if let obstacle = tool.obstacle { return "can't be released: \(Inert.text(obstacle))" }
                return tool.release == nil ? "new" : "changed since it was released"
            },
            released: rows(.released) { $0.release.map { "\($0.effect.rawValue), said by \(Inert.text($0.by))" } },
            mayRelease: !all.isEmpty)
        return page(
            view, visit, place: "tools",
            notice: visit.query["done"] == "released" ? "Released: agents may call it from now on." : nil)
    }

    @Sendable func tool(_ visit: Visit) async throws -> Response {
        let found = try await releasable(visit)
        return page(ToolPage(found).view, visit, place: "tools")
    }

    /// Whoever's words aren't taken has them again, with the reason.
    @Sendable func releaseTool(_ visit: Visit) async throws -> Response {
        let found = try await releasable(visit)
        guard let shown = visit.form["shown"].flatMap({ Digest(hex: $0) }) else { throw PageRefusal.foreign }
        var toolPage = ToolPage(found)
        toolPage.choose(visit.form)
        guard let effect = toolPage.effect else {
            toolPage.problem = "Choose an effect first."
            return page(toolPage.view, visit, place: "tools", status: .unprocessableContent)
        }
        do throws(RegistryError) {
            _ = try await desks.servers.release(
                found.name, effect: effect, roles: toolPage.roles, shown: shown, by: .person(visit.person),
                in: visit.organization)
        } catch {
            let status: HTTPResponse.Status
            switch error.code {
            case .unknown: throw error
            case .invalid: status = .unprocessableContent
            case .exists, .refused: status = .conflict
            case .unavailable: status = .serviceUnavailable
            }
            var again = ToolPage(try await releasable(visit))
            // What was said of another definition isn't said of this one.
            if again.shown == shown { again.choose(visit.form) }
            again.problem = "That wasn't taken: \(error.message)."
            return page(again.view, visit, place: "tools", status: status)
        }
        return redirect(to: "/tools?done=released")
    }

    private func releasable(_ visit: Visit) async throws -> ReleasableTool {
        let all = try await desks.servers.releasable(by: visit.person, in: visit.organization)
        guard let found = all.first(where: { $0.name == visit.parameter }) else { throw PageRefusal.notFound }
        return found
    }
}

extension ReleasableTool {
    var path: String { "/tools/\(PercentEncoding.encode(name))" }
}
