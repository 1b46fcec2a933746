//! README's tables, between `<!-- figures:NAME -->` and `<!-- /figures -->`.

use std::path::Path;

const FILE: &str = "README.md";
const END: &str = "<!-- /figures -->";

type Tables = [(&'static str, String)];

/// Puts each table into its place.
pub(super) fn write(root: &Path, tables: &Tables) -> crate::Result {
    let path = root.join(FILE);
    let text = filled(&super::read(&path)?, tables)?;
    std::fs::write(&path, text).map_err(|error| format!("{FILE}: {error}"))
}

/// Fails if writing would change something.
pub(super) fn check(root: &Path, tables: &Tables) -> crate::Result {
    let text = super::read(&root.join(FILE))?;
    if filled(&text, tables)? == text {
        Ok(())
    } else {
        Err(format!(
            "{FILE}'s tables differ from the figures: run `cargo xtask figures` and commit what it writes"
        ))
    }
}

fn filled(text: &str, tables: &Tables) -> crate::Result<String> {
    let mut text = text.to_owned();
    for (name, table) in tables {
        let begin = format!("<!-- figures:{name} -->");
        let missing = || format!("{FILE} lacks the place of a table: {begin} … {END}");
        let (before, rest) = text.split_once(&begin).ok_or_else(missing)?;
        let (_, after) = rest.split_once(END).ok_or_else(missing)?;
        text = format!("{before}{begin}\n{table}{END}{after}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_table_takes_its_place_and_no_other() {
        let text =
            "a\n<!-- figures:x -->\nold\n<!-- /figures -->\nb\n<!-- figures:y -->\n<!-- /figures -->\nc\n";
        let tables = [("x", "1\n".into()), ("y", "2\n".into())];
        let wanted =
            "a\n<!-- figures:x -->\n1\n<!-- /figures -->\nb\n<!-- figures:y -->\n2\n<!-- /figures -->\nc\n";
        let once = filled(text, &tables).unwrap();
        assert_eq!(once, wanted);
        assert_eq!(filled(&once, &tables).unwrap(), wanted);
    }

    #[test]
    fn a_missing_place_is_named() {
        let error = filled("<!-- figures:x -->", &[("x", String::new())]).unwrap_err();
        assert!(error.contains("figures:x"));
    }
}
