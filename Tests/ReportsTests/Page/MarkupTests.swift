import Testing

@testable import Reports

@Suite struct MarkupTests {
    @Test func textAndAttributesAreEscaped() {
        let hostile = "</p><script>alert('1')</script>\"&amp;"
        let escaped = "&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;amp;"
        let markup = element("p", ["title": hostile]) { hostile }
        #expect(markup.source == "<p title=\"\(escaped)\">\(escaped)</p>\n")
    }

    /// Nothing that a name can hold hides it, or turns what follows around.
    @Test(arguments: ["\u{0}", "\u{1b}", "\u{7f}", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200f}"])
    func controlsAreReplaced(character: String) {
        #expect(Markup(text: "a\(character)b").source == "a\u{fffd}b")
    }

    @Test func whatNeedsNoEscapingStays() {
        let text = "op-3: 7.5 SOL (5%), größer, 日本\n\tnext"
        #expect(Markup(text: text).source == text)
    }

    @Test func elementsStandInTheOrderInWhichTheyAreWritten() {
        let names = ["a", "b"]
        let markup = element("span") {
            "first "
            for name in names { element("b") { name } }
            if names.count > 2 { "not this" }
            element("br")
        }
        #expect(markup.source == "<span>first <b>a</b><b>b</b><br></span>")
    }

    @Test(
        arguments: [
            (["quorate", "replay", "runs/lab-1"], "quorate replay runs/lab-1"),
            (["quorate", "replay", "my runs/$(id)"], "quorate replay 'my runs/$(id)'"),
            (["verify", "it's", ""], "verify 'it'\\''s' ''"),
        ])
    func aCommandCanBePasted(words: [String], text: String) {
        #expect(ShellCommand(words).text == text)
    }
}
