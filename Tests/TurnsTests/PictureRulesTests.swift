import Authority
import Testing

@testable import Turns

struct PictureRulesTests {
    private func rules(_ speaks: ModelProtocol, sees: Bool = true) -> PictureRules? {
        PictureRules(ModelSlot(name: "m", speaks: speaks, model: "m", base: "https://m.test", seesPictures: sees))
    }

    private func picture(_ width: Int, _ height: Int, size: Int = 1000) -> ModelPicture {
        ModelPicture(file: "F1", mediaType: "image/png", width: width, height: height, size: size)
    }

    @Test func `only a model of which it is said sees, and the offline planner never`() {
        #expect(rules(.anthropic, sees: false) == nil && rules(.offline) == nil)
        for speaks in [ModelProtocol.anthropic, .chat, .responses] { #expect(rules(speaks) != nil) }
    }

    @Test func `each kind of server has its own bounds`() throws {
        let (anthropic, openAI) = (try #require(rules(.anthropic)), try #require(rules(.chat)))
        #expect(anthropic.take(picture(8_000, 1, size: 3_932_160)))
        #expect(!anthropic.take(picture(8_001, 1)) && !anthropic.take(picture(1, 8_001)))
        #expect(!anthropic.take(picture(1, 1, size: 3_932_161)))
        #expect(openAI.take(picture(9_000, 9_000, size: 20_000_000)) && !openAI.take(picture(1, 1, size: 20_000_001)))
    }

    /// The examples of the providers' own pages: an estimate is never below them.
    @Test func `a picture costs what its provider says, or a little more`() throws {
        let (anthropic, openAI) = (try #require(rules(.anthropic)), try #require(rules(.responses)))
        for (width, height, least, most) in [
            (200, 200, 54, 70), (1000, 1000, 1_296, 1_400), (1092, 1092, 1_521, 1_600),
        ] {
            #expect((least...most).contains(anthropic.tokens(picture(width, height))), "\(width)")
        }
        #expect(anthropic.tokens(picture(8_000, 8_000)) == 4_784)
        // 1024 × 1024 is 765 in tiles and 1024 patches; 2048 × 4096 is 1105 in tiles.
        #expect((1_024...2_600).contains(openAI.tokens(picture(1_024, 1_024))))
        #expect((1_536...3_800).contains(openAI.tokens(picture(2_048, 4_096))))
        #expect(openAI.tokens(picture(1, 1)) == 85 + 170)
    }
}
