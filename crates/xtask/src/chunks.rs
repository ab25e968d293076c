//! The chunks of the bundle, once it is split.
//!
//! What several chunks need, the splitting puts into a module for each set of them, most of which are so small that asking
//! for them takes longer than sending them. These are joined with what every chunk needs.

use std::collections::BTreeMap;
use std::path::Path;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, FunctionSection, ImportSection, Module,
    RawSection, SectionId,
};
use wasmparser::{Import, Parser, Payload, TypeRef};

use crate::command::Outcome;

/// Modules with fewer bytes than this are not asked for by themselves.
const SMALL: usize = 8_000;

/// What is fetched beside the main module.
pub(crate) struct Chunks {
    /// The modules, by name.
    pub(crate) modules: BTreeMap<String, Vec<u8>>,
    /// The script that fetches them.
    pub(crate) loader: String,
    /// The names of the modules that each chunk needs, by the chunk's name: see `atelier_ui::lazy`.
    pub(crate) needs: BTreeMap<String, Vec<String>>,
}

impl Chunks {
    /// Joins those that are small and needed by several chunks with what all of them need, if there is such a module.
    pub(crate) fn join_small(&mut self) -> Outcome {
        let is_shared = |name: &String| self.needs.values().filter(|names| names.contains(name)).count() > 1;
        let Some(whole) =
            self.modules.keys().find(|name| self.needs.values().all(|names| names.contains(name))).cloned()
        else {
            return Ok(());
        };
        let small: Vec<String> = self
            .modules
            .iter()
            .filter(|(name, module)| module.len() < SMALL && **name != whole && is_shared(name))
            .map(|(name, _)| name.clone())
            .collect();
        let parts: Vec<&[u8]> = [&whole]
            .into_iter()
            .chain(&small)
            .filter_map(|name| Some(self.modules.get(name)?.as_slice()))
            .collect();
        let joined = join(&parts)?;
        self.modules.retain(|name, _| !small.contains(name));
        self.modules.insert(whole.clone(), joined);
        for names in self.needs.values_mut() {
            names.retain(|name| !small.contains(name));
        }
        self.loader = loader_without(&self.loader, &small, &whole)?;
        Ok(())
    }
}

/// The script that asks for `whole` wherever `script` asked for one of `small`.
fn loader_without(script: &str, small: &[String], whole: &str) -> Result<String, String> {
    // Each module has a definition of its own, which begins with the list of those who need it.
    const DEFINITION: &str = "\n/* ";
    let mut parts: Vec<&str> = script.split(DEFINITION).collect();
    for name in small {
        let before = parts.len();
        parts.retain(|part| !part.contains(&format!("const __{name} = ")));
        if parts.len() + 1 != before {
            return Err(format!("the script that fetches chunks does not define `{name}` as it did"));
        }
    }
    let mut script = parts.join(DEFINITION);
    for name in small {
        // The brackets and commas of lists: names begin alike.
        for end in [",", "]"] {
            script = script.replace(&format!("__{name}{end}"), &format!("__{whole}{end}"));
        }
    }
    Ok(script)
}

/// Reads a module, and the names of its functions away: nobody reads them in a browser.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let module =
        std::fs::read(path).map_err(|error| format!("could not read `{}`: {error}", path.display()))?;
    join(&[&module])
}

/// One module with everything that is in `modules`.
///
/// It is this simple because of how the splitting makes them: they all have the same types, take memory, table and globals
/// from the main module, and reach each other's functions through the table. So a module's own functions and data are
/// numbered anew, and what it takes is taken once. What is otherwise is an error.
fn join(modules: &[&[u8]]) -> Result<Vec<u8>, String> {
    let mut joined = Joined::default();
    for module in modules {
        joined.add(module).map_err(|error| format!("a chunk cannot be joined with others: {error}"))?;
    }
    Ok(joined.finish())
}

#[derive(Default)]
struct Joined {
    types: Option<Vec<u8>>,
    taken: Vec<(String, TypeRef)>,
    imports: ImportSection,
    functions: FunctionSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
}

/// Numbers a module's own functions and data after those that are there already, and what it takes as it is taken.
#[derive(Default)]
struct Renumber {
    functions: u32,
    data: u32,
    globals: Vec<u32>,
    memories: Vec<u32>,
    tables: Vec<u32>,
}

impl Reencode for Renumber {
    type Error = &'static str;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(self.functions + function)
    }

    fn data_index(&mut self, data: u32) -> Result<u32, Error<Self::Error>> {
        Ok(self.data + data)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<Self::Error>> {
        taken(&self.globals, global)
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32, Error<Self::Error>> {
        taken(&self.memories, memory)
    }

    fn table_index(&mut self, table: u32) -> Result<u32, Error<Self::Error>> {
        taken(&self.tables, table)
    }
}

fn taken(all: &[u32], index: u32) -> Result<u32, Error<&'static str>> {
    all.get(index as usize).copied().ok_or(Error::UserError("it uses what it does not take"))
}

impl Joined {
    fn add(&mut self, module: &[u8]) -> Result<(), String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let mut renumber =
            Renumber { functions: self.functions.len(), data: self.data.len(), ..Renumber::default() };
        for payload in Parser::new(0).parse_all(module) {
            match payload.map_err(|error| text(&error))? {
                Payload::TypeSection(types) => self.same_types(module, types.range())?,
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        self.take(import.map_err(|error| text(&error))?, &mut renumber)?;
                    }
                }
                Payload::FunctionSection(functions) => {
                    renumber
                        .parse_function_section(&mut self.functions, functions)
                        .map_err(|error| text(&error))?;
                }
                Payload::ElementSection(elements) => {
                    renumber
                        .parse_element_section(&mut self.elements, elements)
                        .map_err(|error| text(&error))?;
                }
                Payload::CodeSectionEntry(body) => {
                    renumber.parse_function_body(&mut self.code, body).map_err(|error| text(&error))?;
                }
                Payload::DataSection(data) => {
                    renumber.parse_data_section(&mut self.data, data).map_err(|error| text(&error))?;
                }
                Payload::ExportSection(exports) if exports.count() == 0 => {}
                Payload::Version { .. }
                | Payload::DataCountSection { .. }
                | Payload::CodeSectionStart { .. }
                | Payload::CustomSection(_)
                | Payload::End(_) => {}
                other => return Err(format!("it has {other:?}")),
            }
        }
        Ok(())
    }

    /// Notes the types, which are the same in all modules, or makes sure that they are.
    fn same_types(&mut self, module: &[u8], range: std::ops::Range<u64>) -> Result<(), String> {
        let edge = |edge: u64| usize::try_from(edge).map_err(|error| error.to_string());
        let types = module.get(edge(range.start)?..edge(range.end)?).ok_or("it is cut off")?;
        if self.types.get_or_insert_with(|| types.to_owned()) == types {
            Ok(())
        } else {
            Err("its types are not those of the others".to_owned())
        }
    }

    /// Takes something from the main module, unless it is taken already.
    fn take(&mut self, import: Import<'_>, renumber: &mut Renumber) -> Result<(), String> {
        let wanted = (format!("{} {}", import.module, import.name), import.ty);
        if !self.taken.contains(&wanted) {
            renumber.parse_import(&mut self.imports, import).map_err(|error| error.to_string())?;
            self.taken.push(wanted.clone());
        }
        let kind = std::mem::discriminant(&import.ty);
        let mut of_kind = self.taken.iter().filter(|(_, ty)| std::mem::discriminant(ty) == kind);
        let index = (0..).zip(&mut of_kind).find(|(_, known)| **known == wanted).map(|(index, _)| index);
        let known = match import.ty {
            TypeRef::Global(_) => &mut renumber.globals,
            TypeRef::Memory(_) => &mut renumber.memories,
            TypeRef::Table(_) => &mut renumber.tables,
            other => return Err(format!("it takes {other:?}")),
        };
        known.extend(index);
        Ok(())
    }

    fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        if let Some(data) = &self.types {
            module.section(&RawSection { id: SectionId::Type as u8, data });
        }
        module.section(&self.imports);
        module.section(&self.functions).section(&self.elements);
        module.section(&DataCountSection { count: self.data.len() });
        module.section(&self.code).section(&self.data);
        module.finish()
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, Elements, EntityType, Function, GlobalType, MemoryType, RefType, TableType, TypeSection,
        ValType,
    };

    use super::*;

    /// A module of functions that each call the one before, the first itself; the last stands in the table at `place`, and
    /// a byte of data in memory there.
    fn module(functions: u32, place: i32) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        let (memory64, shared, page_size_log2) = (false, false, None);
        let memory = MemoryType { minimum: 1, maximum: None, memory64, shared, page_size_log2 };
        imports.import("main", "memory", EntityType::Memory(memory));
        let element_type = RefType::FUNCREF;
        let table = TableType { element_type, minimum: 9, maximum: None, table64: false, shared };
        imports.import("main", "table", EntityType::Table(table));
        let mut all = FunctionSection::new();
        let mut code = CodeSection::new();
        for number in 0..functions {
            all.function(0);
            let mut body = Function::new([]);
            body.instructions().call(number.saturating_sub(1)).end();
            code.function(&body);
        }
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(place),
            Elements::Functions([functions - 1].as_slice().into()),
        );
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(place), [7]);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&all).section(&elements);
        module.section(&DataCountSection { count: 1 }).section(&code).section(&data);
        module.finish()
    }

    /// Which function each function calls, and which stand in the table.
    fn calls(module: &[u8]) -> (Vec<u32>, Vec<u32>) {
        let (mut called, mut listed) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader().unwrap() {
                        if let wasmparser::Operator::Call { function_index } = operator.unwrap() {
                            called.push(function_index);
                        }
                    }
                }
                Payload::ElementSection(elements) => {
                    for element in elements {
                        if let wasmparser::ElementItems::Functions(functions) = element.unwrap().items {
                            listed.extend(functions.into_iter().map(Result::unwrap));
                        }
                    }
                }
                _ => {}
            }
        }
        (called, listed)
    }

    #[test]
    fn functions_call_those_of_their_own_module() {
        let joined = join(&[&module(2, 1), &module(3, 4)]).unwrap();
        wasmparser::Validator::new().validate_all(&joined).unwrap();
        assert_eq!(calls(&joined), (vec![0, 0, 2, 2, 3], vec![1, 4]));
        assert_eq!(join(&[&module(2, 1)]).unwrap(), module(2, 1));
    }

    /// A module that takes globals, and reads the one that is the first to it.
    fn reader(globals: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        for name in globals {
            let global = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
            imports.import("main", name, EntityType::Global(global));
        }
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut body = Function::new([]);
        body.instructions().global_get(0).end();
        let mut code = CodeSection::new();
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&code);
        module.finish()
    }

    #[test]
    fn what_several_take_is_taken_once() {
        let joined = join(&[&reader(&["a", "b"]), &reader(&["b"]), &reader(&["c", "a"])]).unwrap();
        wasmparser::Validator::new().validate_all(&joined).unwrap();
        let mut read = Vec::new();
        for payload in Parser::new(0).parse_all(&joined) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap()
                && let wasmparser::Operator::GlobalGet { global_index } =
                    body.get_operators_reader().unwrap().read().unwrap()
            {
                read.push(global_index);
            }
        }
        assert_eq!(read, [0, 1, 2]);
    }

    #[test]
    fn modules_of_other_types_are_not_joined() {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I64], []);
        let mut other = Module::new();
        other.section(&types);
        assert!(join(&[&module(1, 1), &other.finish()]).is_err());
    }

    #[test]
    fn small_ones_come_with_what_every_chunk_needs() {
        let definition = |name: &str| format!("const __{name} = makeLoad(\"{name}.wasm\");");
        let mut chunks = Chunks {
            modules: [("chunk_1", 1), ("chunk_12", 2), ("chunk_2", SMALL as u32), ("split_a", 1)]
                .map(|(name, functions)| (name.to_owned(), module(functions, 1)))
                .into(),
            loader: format!(
                "head\n/* a, b */\n{}\n/* a, b, c */\n{}\n/* b, c */\n{}\nexport const a = [__chunk_1, __chunk_12];",
                definition("chunk_1"),
                definition("chunk_12"),
                definition("chunk_2")
            ),
            needs: [
                ("a", vec!["chunk_1", "chunk_12", "split_a"]),
                ("b", vec!["chunk_1", "chunk_12", "chunk_2"]),
                ("c", vec!["chunk_12", "chunk_2"]),
            ]
            .map(|(name, needs)| (name.to_owned(), needs.into_iter().map(str::to_owned).collect()))
            .into(),
        };
        chunks.join_small().unwrap();
        assert_eq!(chunks.modules.keys().collect::<Vec<_>>(), ["chunk_12", "chunk_2", "split_a"]);
        assert_eq!(calls(&chunks.modules["chunk_12"]).0.len(), 3);
        assert_eq!(chunks.needs["a"], ["chunk_12", "split_a"]);
        assert_eq!(chunks.needs["c"], ["chunk_12", "chunk_2"]);
        assert!(!chunks.loader.contains("chunk_1."), "{}", chunks.loader);
        assert!(chunks.loader.ends_with("[__chunk_12, __chunk_12];"), "{}", chunks.loader);
        assert!(chunks.loader.contains(&definition("chunk_2")), "{}", chunks.loader);
    }
}
