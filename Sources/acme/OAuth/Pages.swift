/// The pages that a person sees. They work without scripts.
enum Pages {
    static func refusal(_ rules: AuthorizationRules, _ error: String, _ text: String) -> Answer {
        Answer(
            page: 400, page("Error 400: \(error)", "<p>\(rules.title) can't go on: \(escape(text))</p>"),
            error: error
        ).guarded
    }

    static func consent(
        _ request: AuthorizationRequest, _ rules: AuthorizationRules, _ people: [OAuthAccount], at path: String
    )
        -> Answer
    {
        let hint = request.form["login_hint"]
        let scopes = request.scopes.map { scope in
            let text = escape(scope)
            return rules.allowsSubset
                ? "<li><label><input type=\"checkbox\" name=\"grant\" value=\"\(text)\" checked> \(text)</label></li>"
                : "<li>\(text)</li>"
        }
        let hidden = request.form.pairs.map(Self.hidden).joined()
        return Answer(
            page: 200,
            page(
                "Sign in to \(rules.title)",
                """
                <p><strong>\(escape(request.client.id))</strong> wants to use your \(rules.title) account:</p>
                <form method="post" action="\(escape(path))">\(hidden)
                \(rules.allowsSubset ? Self.hidden(("subset", "yes")) : "")
                <ul>\(scopes.joined())</ul>
                \(select(people, hint))
                \(buttons)
                </form>
                """)
        ).guarded
    }

    static func device(_ rules: AuthorizationRules, _ people: [OAuthAccount], code: String, at path: String) -> Answer {
        Answer(
            page: 200,
            page(
                "Connect a device to \(rules.title)",
                """
                <form method="post" action="\(escape(path))">
                <p><label>Code <input name="user_code" value="\(escape(code))"></label></p>
                \(select(people, nil))
                \(buttons)
                </form>
                """)
        ).guarded
    }

    static func done(_ rules: AuthorizationRules, _ text: String) -> Answer {
        Answer(page: 200, page(rules.title, "<p>\(escape(text))</p>")).guarded
    }

    private static let buttons = """
        <p><button name="decision" value="allow">Allow</button> <button name="decision" value="cancel">Cancel</button></p>
        """

    private static func select(_ people: [OAuthAccount], _ hint: String?) -> String {
        let options = people.map { person in
            let isHinted = hint == person.email || hint == person.owner
            return
                "<option value=\"\(escape(person.owner))\"\(isHinted ? " selected" : "")>\(escape(person.email))</option>"
        }
        return "<p><label>Sign in as <select name=\"account\">\(options.joined())</select></label></p>"
    }

    private static func hidden(_ pair: (name: String, value: String)) -> String {
        "<input type=\"hidden\" name=\"\(escape(pair.name))\" value=\"\(escape(pair.value))\">"
    }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>\(escape(title))</title>
        <body><main><h1>\(escape(title))</h1>
        \(body)
        </main></body></html>
        """
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

extension Answer {
    /// The headers that keep a sign-in page from being framed, cached, or told to the next site.
    fileprivate var guarded: Answer {
        adding("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
            .adding("Cache-Control", "no-store").adding("Referrer-Policy", "no-referrer")
    }
}
