import Authority
import Definition
import Gate
import Testing
import Tools
import Wire

struct ManifestToolsTests {
    @Test func `each manifest's tools stand on the shelf with their group`() throws {
        let shelf = ManifestTools.shelf(of: try ProviderShelf(try BundledProviders.read()))
        #expect(shelf.all.map(\.spec.name) == shelf.all.map(\.spec.name).sorted())
        #expect(shelf.catalogue.groups["group:gmail"] == ["gmail.search", "gmail.get_message", "gmail.send"])
        let worker = try #require(shelf.find("rippling.get_worker")?.tool.spec)
        #expect(worker.isCompanyWide)
        #expect(worker.namesSubject)
    }

    @Test func `a home's own origin is where its tools go`() throws {
        let providers = try ProviderShelf(
            try BundledProviders.read(), origins: [ProviderID("notion"): "http://127.0.0.1:9"])
        let tool = try #require(ManifestTools.shelf(of: providers).find("notion.search")?.tool)
        #expect(tool.spec.host == "http://127.0.0.1:9")
    }

    @Test func `a plan has one effecting request and the look that the manifest names`() throws {
        let shelf = ManifestTools.shelf(of: try ProviderShelf(try BundledProviders.read()))
        let create = try #require(shelf.find("calendar.create_event")?.tool)
        let plan = try create.planner.plan(
            ["summary": "s", "start": "2026-11-24T10:00:00Z", "end": "2026-11-24T11:00:00Z"], call: CallID("call_1"))
        #expect(plan.effect.kind == .effect)
        #expect(plan.verifications.map(\.method) == ["GET"])
        #expect(plan.verifications.map(\.kind) == [.verify])
        let id = try #require(try JSON.parse(plan.effect.body)["id"]?.stringValue)
        #expect(plan.verifications.first?.path.hasSuffix("/events/" + id) == true)
        #expect(plan.contains(plan.effect))
        #expect(!plan.contains(Step(kind: .effect, method: "DELETE", path: "/", query: "")))
    }

    @Test func `a header that would hold a line break is told by its argument`() throws {
        let shelf = ManifestTools.shelf(of: try ProviderShelf(try BundledProviders.read()))
        let send = try #require(shelf.find("gmail.send")?.tool)
        let error = #expect(throws: PlanError.self) {
            try send.planner.plan(["to": ["a@b.example"], "subject": "a\nb", "body": "c"], call: CallID("call_1"))
        }
        #expect(error?.argument == "subject")
    }
}
