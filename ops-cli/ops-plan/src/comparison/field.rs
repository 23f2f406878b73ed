/// How one member of an AWS document is compared: a row of the tables.
///
/// Members without a row are compared as they stand; `null`, `false`, `""`, `[]` and `{}` say nothing anywhere.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Members from the top, with `*` for the key of a list that is compared by key, for a name, and for an item.
    pub path: &'static str,
    pub shape: Shape,
    /// What AWS takes when nothing is said, as JSON; empty when that is nothing.
    pub default: &'static str,
    /// Its name in the declaration, with `*` for each name on the way; empty: it has none, and `overrides` may set it.
    pub declared: &'static str,
}

/// What equality means for a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The value itself; lists in their order.
    Plain,
    /// A list whose order means nothing.
    Set,
    /// A list of structures that are told apart by the values of these members; their order means nothing.
    Keyed(&'static [&'static str]),
    /// A list of pairs: name and value, by the names of these two members. An empty value is a value.
    Pairs(&'static str, &'static str),
    /// [`Shape::Pairs`] whose live values may be secrets: they are not shown where git does not name them.
    HiddenPairs(&'static str, &'static str),
    /// Names that people give, and values. An empty value is a value.
    Map,
    /// [`Shape::Map`] whose live values may be secrets.
    HiddenMap,
    /// One thing: when it is on one side only, that is one difference and not one for each member.
    Whole,
    /// AWS decides unless the declaration says something.
    UnlessDeclared,
}

/// A row of a table.
pub(crate) const fn field(path: &'static str, shape: Shape, default: &'static str, declared: &'static str) -> Field {
    Field { path, shape, default, declared }
}
