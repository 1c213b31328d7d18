import Authority
import Gate

extension MemoryState {
    mutating func apply(notice change: NoticeChange) throws(CommitError) {
        switch change {
        case .add(let notice):
            if notices[notice.id] != nil { throw .exists(notice.id.raw) }
            notices[notice.id] = notice
        case .tell(let notice):
            if notices[notice.id] == nil { notices[notice.id] = notice }
        case .prune(let time):
            notices = notices.filter { _, notice in notice.settled.map { $0 >= time } ?? true }
        case .replace(let notice):
            guard notices[notice.id]?.state.isOpen == true else { throw .exists(notice.id.raw) }
            notices[notice.id] = notice
        case .settings(let sealed): noticeSettings = sealed
        }
    }
}
