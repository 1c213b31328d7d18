/// The providers that this binary brings along.
public enum BundledProviders {
    /// - Throws: `SourceProblems` if a bundled manifest is wrong, which a test refuses.
    public static func read() throws(SourceProblems) -> [ProviderManifest] {
        var manifests: [ProviderManifest] = []
        for (file, bytes) in files {
            manifests.append(try ProviderManifest(reading: String(decoding: bytes, as: UTF8.self), file: file))
        }
        return manifests
    }

    private static var files: [(String, [UInt8])] {
        [
            ("anthropic.json5", PackageResources.anthropic_json5),
            ("calendar.json5", PackageResources.calendar_json5),
            ("gmail.json5", PackageResources.gmail_json5),
            ("notion.json5", PackageResources.notion_json5),
            ("openai.json5", PackageResources.openai_json5),
            ("outlook.json5", PackageResources.outlook_json5),
            ("rippling.json5", PackageResources.rippling_json5),
            ("slack.json5", PackageResources.slack_json5),
        ]
    }
}
