import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Posts to apps what happens, signed, and keeps what it posted.
final class SlackTeller: Sendable {
    // Lives as long as the process, so nobody has to shut it down.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private struct State {
        var told: [JSON] = []
        var held: [SlackNews] = []
    }

    private let state = Mutex(State())
    private let sockets: SlackSockets

    init(sockets: SlackSockets) {
        self.sockets = sockets
    }

    /// Tells it, again as often as Slack would, and answers what came of it.
    func tell(_ news: SlackNews) async -> JSON {
        let attempts = news.app.requestURL == nil ? await sockets.tell(news) : await posts(news)
        return state.withLock { state in
            let record = news.json.with("n", .int(state.told.count + 1)).with("attempts", .array(attempts))
            state.told.append(record)
            return record
        }
    }

    private func posts(_ news: SlackNews) async -> [JSON] {
        var attempts: [JSON] = []
        var reason: String?
        for (number, pause) in ([.zero] + (news.isRetried ? news.app.retries : [])).enumerated() {
            if pause > .zero { try? await Task.sleep(for: pause) }
            let attempt = await post(news, number: number, reason: reason)
            attempts.append(attempt.json)
            reason = attempt.reason
            if attempt.reason == nil || attempt.isLast { break }
        }
        if news.fault == .duplicate {
            attempts.append(await post(news, number: 1, reason: "http_timeout").json)
        }
        return attempts
    }

    func hold(_ news: [SlackNews]) {
        state.withLock { $0.held += news }
    }

    func release() -> [SlackNews] {
        state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
    }

    func told(since number: Int) -> JSON {
        state.withLock { .array(Array($0.told.dropFirst(number))) }
    }

    private struct Attempt {
        let json: JSON
        /// Why it has to be told again; nil when it was taken.
        let reason: String?
        /// Whether the app wants to hear no more of it.
        let isLast: Bool
    }

    private func post(_ news: SlackNews, number: Int, reason: String?) async -> Attempt {
        var request = HTTPClientRequest(url: news.app.requestURL ?? "")
        request.method = .POST
        for (name, value) in news.headers() { request.headers.add(name: name, value: value) }
        if let reason {
            request.headers.add(name: "x-slack-retry-num", value: String(number))
            request.headers.add(name: "x-slack-retry-reason", value: reason)
        }
        request.body = .bytes(ByteBuffer(bytes: news.body))
        let about: JSON = ["retry_num": .int(number), "retry_reason": .text(reason)]
        do {
            let deadline = NIODeadline.now() + TimeAmount(news.app.patience)
            let response = try await Self.client.execute(request, deadline: deadline)
            let answer = try await response.body.collect(upTo: 1 << 16)
            let isTaken = (200..<300).contains(response.status.code)
            let told = about.with("status", .int(Int(response.status.code)))
                .with("answer", .string(String(String(buffer: answer).prefix(500))))
            return Attempt(
                json: told, reason: isTaken ? nil : "http_error",
                isLast: response.headers.first(name: "x-slack-no-retry") == "1")
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            return Attempt(
                json: about.with("status", 0).with("error", "http_timeout"), reason: "http_timeout", isLast: false)
        } catch {
            return Attempt(
                json: about.with("status", 0).with("error", "connection_failed"), reason: "connection_failed",
                isLast: false)
        }
    }
}
