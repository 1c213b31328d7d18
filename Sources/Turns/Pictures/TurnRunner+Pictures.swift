import Authority
import Gate

extension TurnRunner {
    /// Gives the pictures in these messages their bytes, the newest first, as far as the endpoint takes them. Where one isn't
    /// shown, words say so.
    func showing(
        _ messages: [ModelMessage], at endpoint: ModelEndpoint, in open: inout OpenTurn
    ) async throws -> [ModelMessage] {
        let isRefused = open.log.isUnseen(at: endpoint.name)
        let rules = isRefused ? nil : PictureRules(endpoint.slot)
        var (left, octets) = (rules?.most ?? 0, PictureRules.longestTogether)
        var shown: [ModelMessage] = []
        for message in messages.reversed() {
            guard case .results(let results) = message else {
                shown.append(message)
                continue
            }
            var told: [ModelToolResult] = []
            for result in results.reversed() {
                guard let picture = result.picture else {
                    told.append(result)
                    continue
                }
                guard let rules else {
                    told.append(
                        result.without(
                            isRefused
                                ? "the server that you are asked at refused it"
                                : "you are a model that isn't shown pictures"))
                    continue
                }
                guard rules.take(picture) else {
                    told.append(result.without("it is larger than you can be shown"))
                    continue
                }
                guard left > 0, picture.size <= octets else {
                    told.append(result.withoutRoom)
                    continue
                }
                guard let bytes = try await bytes(of: picture, in: &open) else {
                    told.append(result.without("it can't be had any more"))
                    continue
                }
                left -= 1
                octets -= picture.size
                told.append(result.showing(bytes, for: rules.tokens(picture)))
            }
            shown.append(.results(told.reversed()))
        }
        return shown.reversed()
    }

    /// Looked for anew by each process that goes on with the turn, and then only while it does. Nil when it isn't there any more,
    /// or isn't what it was.
    private func bytes(of picture: ModelPicture, in open: inout OpenTurn) async throws -> [UInt8]? {
        if let bytes = open.pictures[picture.file] { return bytes }
        guard let bytes = try await files?.bytes(of: picture, in: open.turn.session) else { return nil }
        open.pictures[picture.file] = bytes
        return bytes
    }
}

extension TurnLog {
    /// Where a model that sees is asked before one that doesn't.
    var hasPictures: Bool {
        steps.contains { step in
            switch step {
            case .answered(let result): result.picture != nil
            case .asked, .replied, .calling, .waits, .unanswered, .tooLong, .unseen: false
            }
        }
    }

    /// Whether this endpoint refused a picture in this turn.
    func isUnseen(at endpoint: String) -> Bool {
        steps.contains { step in
            switch step {
            case .unseen(endpoint, _): true
            case .unseen, .asked, .replied, .calling, .answered, .waits, .unanswered, .tooLong: false
            }
        }
    }

    /// Of these, first choice first.
    func preferred(_ slots: [ModelSlot]) -> [ModelSlot] {
        hasPictures ? slots.filter(\.seesPictures) + slots.filter { !$0.seesPictures } : slots
    }
}

extension [ModelMessage] {
    /// How many are shown.
    var pictures: Int {
        reduce(0) { count, message in
            switch message {
            case .user, .assistant: count
            case .results(let results): count + results.count { $0.picture != nil }
            }
        }
    }
}

extension ModelToolResult {
    func without(_ reason: String) -> ModelToolResult {
        ModelToolResult(call: call, text: text + "\n(The picture isn't shown: \(reason).)", isError: isError)
    }

    var withoutRoom: ModelToolResult { without("there is no room for it; it can be opened again") }

    fileprivate func showing(_ bytes: [UInt8], for tokens: Int) -> ModelToolResult {
        var shown = self
        shown.picture?.bytes = bytes
        shown.picture?.tokens = tokens
        return shown
    }
}
