//! Text in the elements whose content the framework writes out as it is: `<title>` and `<textarea>`.

/// `text` so that it stays text there: on the server without anything that ends the element or begins a reference. In
/// the browser, where elements are made rather than written, it is what it is.
#[cfg(feature = "ssr")]
pub(crate) fn raw_text(text: String) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    // The first line break in an element is taken for layout.
    if escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
}

/// See above.
#[cfg(not(feature = "ssr"))]
pub(crate) fn raw_text(text: String) -> String {
    text
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_element_or_begins_a_reference() {
        assert_eq!(raw_text("a</textarea><i> &lt;".into()), "a&lt;/textarea>&lt;i> &amp;lt;");
        assert_eq!(raw_text("\nb".into()), "\n\nb");
    }
}
