/// Names that definitions of the OpenClaw family use, and that this version doesn't serve yet. They are a closed list: a
/// name that is in it is kept and reported, one that isn't is an error. None of them grants anything.
public enum KnownNames {
    public static let tools = [
        "agents_list", "apply_patch", "bash", "browser", "canvas", "code_execution", "cron", "edit", "exec", "gateway",
        "image", "image_generate", "memory_get", "memory_search", "message", "music_generate", "nodes", "process",
        "read",
        "session_status", "sessions_history", "sessions_list", "sessions_send", "sessions_spawn", "sessions_yield",
        "subagents", "tts", "video_generate", "web_fetch", "web_search", "write", "x_search",
    ]
    public static let groups = [
        "group:agents", "group:automation", "group:fs", "group:media", "group:messaging", "group:nodes",
        "group:openclaw", "group:plugins", "group:runtime", "group:sessions", "group:ui", "group:web",
    ]
    public static let channels = [
        "api", "discord", "gmail", "imessage", "mail", "matrix", "msteams", "outlook", "signal", "slack", "telegram",
        "web", "whatsapp",
    ]
    /// Those of the channels that this version serves.
    public static let servedChannels: Set<String> = ["api", "mail", "slack", "web"]

    /// Whether the name is known and means nothing here yet.
    public static func isUnavailable(_ tool: String) -> Bool { tools.contains(tool) || groups.contains(tool) }
}
