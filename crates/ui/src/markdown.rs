//! Markdown that people write for each other.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

/// Where links may lead: to pages and to people. Anything else could run in the name of whoever follows it.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// What somebody wrote, as HTML that is safe to show to others. HTML in it is shown as it was typed; of pictures only
/// what they are called is left, since fetching one tells its server who reads; headings come below those of the page.
pub(crate) fn html(text: &str) -> String {
    let mut is_dropped = false;
    let events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let safe = events.filter_map(|event| match event {
        Event::Html(typed) | Event::InlineHtml(typed) => Some(Event::Text(typed)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) if !is_safe(dest_url) => {
            is_dropped = true;
            None
        }
        Event::End(TagEnd::Link) if is_dropped => {
            is_dropped = false;
            None
        }
        Event::Start(Tag::Heading { level, .. }) => {
            let (level, id, classes, attrs) = (below(level), None::<CowStr>, Vec::new(), Vec::new());
            Some(Event::Start(Tag::Heading { level, id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        other => Some(other),
    });
    let mut html = String::new();
    push_html(&mut html, safe);
    html
}

fn is_safe(link: &str) -> bool {
    let link = link.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| link.starts_with(scheme))
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn what_is_written_is_laid_out() {
        let text = "# Herons\n\nSay **all** of them:\n\n- grey\n- [white](https://example.org/white)\n";
        let expected = "<h3>Herons</h3>\n<p>Say <strong>all</strong> of them:</p>\n<ul>\n<li>grey</li>\n\
                        <li><a href=\"https://example.org/white\">white</a></li>\n</ul>\n";
        assert_eq!(html(text), expected);
    }

    #[test]
    fn nothing_in_it_runs_or_fetches() {
        let cases = [
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("a <b onclick=\"x()\">b</b>", "<p>a &lt;b onclick=\"x()\"&gt;b&lt;/b&gt;</p>\n"),
            ("[here](javascript:alert(1)) on", "<p>here on</p>\n"),
            ("[here](JaVaScRiPt:x)", "<p>here</p>\n"),
            ("[here](data:text/html,x)", "<p>here</p>\n"),
            ("<javascript:x>", "<p>javascript:x</p>\n"),
            ("![a *heron*](https://example.org/pixel.png)", "<p>a <em>heron</em></p>\n"),
            (
                "[![x](y)](vbscript:z) [ok](mailto:a@example.org)",
                "<p>x <a href=\"mailto:a@example.org\">ok</a></p>\n",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(html(text), expected, "{text}");
        }
    }
}
