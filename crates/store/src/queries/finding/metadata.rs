//! What is asked of an input's metadata, as a condition of SQL.
//!
//! The databases read documents in quite different ways, and an index into a list is a key to neither here. Texts are
//! compared by their characters' numbers, whatever the language of the database.

use atelier_domain::filter::{MetadataTest, Scalar, Test};

use super::statement::Statement;
use crate::Backend;

impl Statement<'_> {
    pub(super) fn metadata(&mut self, test: &MetadataTest) -> String {
        match self.backend {
            Backend::Sqlite => self.sqlite_metadata(test),
            Backend::Postgres => self.postgres_metadata(test),
        }
    }

    /// Each key is one of an object's members, and the value is the last of these.
    fn sqlite_metadata(&mut self, test: &MetadataTest) -> String {
        let (mut from, mut conditions) = (Vec::new(), Vec::new());
        for (key, level) in test.path().keys().iter().zip(0..) {
            let key = self.bind(key.clone());
            from.push(match level {
                0 => "json_each(i.metadata) m0".to_owned(),
                _ => format!(
                    "json_each(CASE m{above}.type WHEN 'object' THEN m{above}.value ELSE '{{}}' END) m{level}",
                    above = level - 1
                ),
            });
            conditions.push(format!("m{level}.key = {key}"));
        }
        if let Test::Compares(comparison, scalar) = test.test() {
            let value = format!("m{}", conditions.len() - 1);
            let sign = comparison.sign();
            let bound = match scalar {
                Scalar::Null | Scalar::Bool(_) => String::new(),
                Scalar::Number(number) => self.bind(*number),
                Scalar::Text(text) => self.bind(text.clone()),
            };
            let fits = |row: &str| match scalar {
                Scalar::Null => format!("{row}.type = 'null'"),
                Scalar::Bool(value) => format!("{row}.type = '{value}'"),
                Scalar::Number(_) => {
                    format!("{row}.type IN ('integer', 'real') AND {row}.value {sign} {bound}")
                }
                Scalar::Text(_) => format!("{row}.type = 'text' AND {row}.value {sign} {bound}"),
            };
            // Only a list is taken apart: of a text, there would be nothing to read.
            conditions.push(format!(
                "CASE {value}.type WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each({value}.value) e WHERE {}) \
                 ELSE {} END",
                fits("e"),
                fits(&value)
            ));
        }
        // The order of the joins is that of the path.
        self.exists(&format!("{} WHERE {}", from.join(" CROSS JOIN "), conditions.join(" AND ")))
    }

    /// A key that is a text finds nothing in a list.
    fn postgres_metadata(&mut self, test: &MetadataTest) -> String {
        let mut value = "i.metadata".to_owned();
        for key in test.path().keys() {
            let key = self.bind(key.clone());
            value = format!("{value} -> {key}");
        }
        let Test::Compares(comparison, scalar) = test.test() else { return format!("({value}) IS NOT NULL") };
        let sign = comparison.sign();
        let bound = match scalar {
            Scalar::Null | Scalar::Bool(_) => String::new(),
            Scalar::Number(number) => self.bind(*number),
            Scalar::Text(text) => self.bind(text.clone()),
        };
        let fits = |value: &str| match scalar {
            Scalar::Null => format!("COALESCE(jsonb_typeof({value}) = 'null', FALSE)"),
            Scalar::Bool(is) => format!("COALESCE({value} = CAST('{is}' AS JSONB), FALSE)"),
            Scalar::Number(_) => format!(
                "CASE jsonb_typeof({value}) WHEN 'number' THEN CAST({value} AS DOUBLE PRECISION) {sign} {bound} \
                 ELSE FALSE END"
            ),
            Scalar::Text(_) => format!(
                "CASE jsonb_typeof({value}) WHEN 'string' THEN ({value} #>> '{{}}') COLLATE \"C\" {sign} {bound} \
                 ELSE FALSE END"
            ),
        };
        format!(
            "CASE jsonb_typeof({value}) WHEN 'array' THEN EXISTS (SELECT 1 FROM jsonb_array_elements({value}) \
             AS e (value) WHERE {}) ELSE {} END",
            fits("e.value"),
            fits(&format!("({value})"))
        )
    }
}
