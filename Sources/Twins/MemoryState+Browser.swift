import Authority
import Gate
import Registry

extension MemoryState {
    mutating func apply(browser change: BrowserChange) throws(CommitError) {
        switch change {
        case .addLink(let link): loginLinks[link.hash] = link
        case .takeLink(let hash):
            guard loginLinks.removeValue(forKey: hash) != nil else { throw .exists("login link") }
        case .addSession(let session):
            if browserSessions[session.id] != nil { throw .exists(session.id.raw) }
            browserSessions[session.id] = session
        case .replaceSession(let session, let from):
            guard browserSessions[session.id]?.hash == from else { throw .exists(session.id.raw) }
            browserSessions[session.id] = session
        case .endSession(let id): browserSessions[id] = nil
        case .endAll(let organization, let person):
            browserSessions = browserSessions.filter {
                $0.value.organization != organization || $0.value.person != person
            }
            loginLinks = loginLinks.filter { $0.value.organization != organization || $0.value.person != person }
        }
    }
}
