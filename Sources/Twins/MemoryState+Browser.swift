import Authority
import Gate
import Registry
import Wire

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
        case .endProvided(let organization, let ended):
            browserSessions = browserSessions.filter { _, session in
                session.organization != organization || session.provided.map(ended.covers) != true
            }
        case .endAll(let organization, let person):
            browserSessions = browserSessions.filter {
                $0.value.organization != organization || $0.value.person != person
            }
            loginLinks = loginLinks.filter { $0.value.organization != organization || $0.value.person != person }
        case .forget(let expired, let most):
            let links = loginLinks.values.filter { $0.expires <= expired.linksUntil }.sorted {
                ($0.expires, $0.hash.hex) < ($1.expires, $1.hash.hex)
            }
            for link in links.prefix(most) { loginLinks[link.hash] = nil }
            let old = browserSessions.values.filter { $0.created <= expired.createdUntil }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
            for session in old.prefix(most) { browserSessions[session.id] = nil }
            let idle = browserSessions.values.filter { $0.lastSeen <= expired.seenUntil }
                .sorted { ($0.lastSeen, $0.id) < ($1.lastSeen, $1.id) }
            for session in idle.prefix(most) { browserSessions[session.id] = nil }
        }
    }
}
