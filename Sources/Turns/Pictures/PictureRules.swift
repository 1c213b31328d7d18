import Authority

/// What a kind of model server takes of pictures, and how it counts them.
struct PictureRules: Sendable, Hashable {
    /// Octets of one.
    let longest: Int
    /// Pixels of one side.
    let side: Int
    /// With one question.
    let most: Int
    private let count: Count

    private enum Count: Sendable {
        case anthropic, openAI
    }

    /// Octets of all that go with one question, wherever it goes.
    static let longestTogether = 8 << 20

    /// Nil where no picture is ever shown.
    init?(_ slot: ModelSlot) {
        guard slot.seesPictures else { return nil }
        switch slot.speaks {
        case .offline: return nil
        // platform.claude.com/docs/en/build-with-claude/vision: 5 MiB as base64, and with more than 20 pictures less of each.
        case .anthropic: (longest, side, most, count) = ((5 << 20) / 4 * 3, 8_000, 20, .anthropic)
        // developers.openai.com/api/docs/guides/images-vision
        case .chat, .responses: (longest, side, most, count) = (20_000_000, 65_535, 20, .openAI)
        }
    }

    func take(_ picture: ModelPicture) -> Bool {
        picture.size <= longest && max(picture.width, picture.height) <= side
    }

    /// Tokens, rather more than fewer: which of a provider's models it is isn't known here.
    func tokens(_ picture: ModelPicture) -> Int {
        let (width, height) = (picture.width, picture.height)
        switch count {
        case .anthropic:
            // Patches of 28 pixels, after what is too large was made smaller.
            return min(PictureRules.patches(width, height, of: 28), 4_784)
        case .openAI:
            // Patches of 32 pixels, with a factor that is the highest for the smallest models, or tiles of 512.
            let patches = min(PictureRules.patches(width, height, of: 32), 1_536) * 246 / 100
            return max(patches, 85 + 170 * PictureRules.tiles(width, height))
        }
    }

    private static func patches(_ width: Int, _ height: Int, of side: Int) -> Int {
        ((width + side - 1) / side) * ((height + side - 1) / side)
    }

    /// Within a square of 2048, and then its shorter side no longer than 768.
    private static func tiles(_ width: Int, _ height: Int) -> Int {
        let (long, short) = (Double(max(width, height)), Double(min(width, height)))
        let square = min(1, 2_048 / long)
        let scale = square * min(1, 768 / (short * square))
        return Int((long * scale / 512).rounded(.up)) * Int((short * scale / 512).rounded(.up))
    }
}
