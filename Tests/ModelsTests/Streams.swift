/// Streams written by hand, for what no recorded one has.
enum Streams {
    static func chat(calling tool: String, arguments: String = "{}") -> String {
        chat([
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"\#(tool)","arguments":"\#(arguments)"}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]",
        ])
    }

    /// A delta's tool call.
    static func part(_ index: Int?, id: String? = nil, name: String? = nil, arguments: String = "") -> String {
        let number = index.map { #""index":\#($0),"# } ?? ""
        let known = id.map { #""id":"\#($0)","# } ?? ""
        let named = name.map { #""name":"\#($0)","# } ?? ""
        return
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{\#(number)\#(known)"function":{\#(named)"arguments":"\#(arguments)"}}]}}]}"#
    }

    static func said(_ text: String) -> String { #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# }

    static func ended(_ reason: String) -> String {
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#
    }

    static func chat(_ chunks: [String]) -> String { chunks.map { "data: \($0)\n\n" }.joined() }

    static let start = #"{"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":1}}}"#
    static let stop = [
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#,
        #"{"type":"message_stop"}"#,
    ]
    static let toolStop = [
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}"#,
        #"{"type":"message_stop"}"#,
    ]

    static func block(_ index: Int, _ block: String, _ deltas: [String] = []) -> [String] {
        [#"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#]
            + deltas.map { #"{"type":"content_block_delta","index":\#(index),"delta":\#($0)}"# }
            + [#"{"type":"content_block_stop","index":\#(index)}"#]
    }

    static func events(_ events: [String]) -> String { events.map { "event: x\ndata: \($0)\n\n" }.joined() }
}
