//! Rows that belong to the row above: a vehicle below its customer, a part below its job, where the owner is not said again.
//!
//! Reports say a customer once and leave the cells blank in the rows of the further vehicles, or give customers and vehicles
//! rows of their own. Shops say the title of a product once, and give its further variants rows without one. While a table is
//! read, each such row is given the last row with an owner, which is kept with it ([`Owner`]); what the rows prove together
//! says whether that is so in this table at all ([`OwnerRule`]).

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use torqueflow_model::{Cell, EntityKind, FieldKind, FieldRef, Row, Slot, fold, hash64, hash128, header_words};
use torqueflow_tabular::staging::Owner;

use crate::plan::TablePlan;

/// Owners among which repeats are looked for.
const WATCHED_OWNERS: usize = 20_000;
/// Words of one column that may tell kinds of rows.
const KINDS_OF_ROWS: usize = 6;
/// Columns that are watched for such words, or for names of groups.
const WATCHED_COLUMNS: usize = 8;
/// What the variants of a product have in common (Shopify's product CSV says it in the first row of each `Handle`).
const OF_ALL_VARIANTS: [&str; 3] = ["name", "family", "supplier"];
/// Words of headers of columns that name what rows are variants of.
const GROUP_WORDS: [&str; 4] = ["handle", "parent", "style", "id"];
/// Products that a column without such a word must tell apart.
const FEWEST_PRODUCTS: usize = 3;

/// Whose the rows are that name no owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerRule {
    /// Not settled yet.
    #[default]
    Open,
    /// Every row names its owner, or can't have one.
    Own,
    /// They belong to the last row above that names one.
    Above,
    /// The table does not prove that they belong to the row above.
    Unclear,
}

/// Which columns say who owns what a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnerColumns {
    /// The owner: the entity that the others belong to.
    pub(crate) entity: EntityKind,
    /// Columns of the owner.
    all: Vec<usize>,
    /// Those of them that tell one owner from another. Flags and dates do not.
    naming: Vec<usize>,
    /// Columns of what is owned.
    owned: Vec<usize>,
}

impl OwnerColumns {
    /// The owner's columns of a plan. `None` where nothing in the table is owned by something else in it.
    ///
    /// A job stands on its own, so in a table of jobs a row without a customer is no vehicle of the row above; parts and
    /// labour are nothing without their job. The owner of a variant is the product that the row above names.
    pub(crate) fn of(plan: &TablePlan) -> Option<Self> {
        let fields: Vec<(usize, FieldRef)> = plan
            .columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| Some((index, column.field?)))
            .collect();
        let has = |entity: EntityKind| fields.iter().any(|(_, field)| field.slot == Slot::Main(entity));
        let lines = [
            EntityKind::WorkOrderPart,
            EntityKind::WorkOrderLabour,
            EntityKind::WorkOrderNote,
        ];
        let (entity, is_owned): (_, fn(EntityKind) -> bool) = if has(EntityKind::WorkOrder) {
            if !lines.into_iter().any(has) {
                return None;
            }
            (EntityKind::WorkOrder, |entity| {
                matches!(
                    entity,
                    EntityKind::WorkOrderPart | EntityKind::WorkOrderLabour | EntityKind::WorkOrderNote
                )
            })
        } else if has(EntityKind::Customer) && has(EntityKind::Vehicle) {
            (EntityKind::Customer, |entity| entity == EntityKind::Vehicle)
        } else {
            return Self::of_variants(&fields);
        };
        let mut columns = Self {
            entity,
            all: Vec::new(),
            naming: Vec::new(),
            owned: Vec::new(),
        };
        for (index, field) in fields {
            let leads_to_owner = matches!(field.spec.kind, FieldKind::Reference { to, .. } if to == entity);
            if is_owned(field.slot.entity()) && !leads_to_owner {
                columns.owned.push(index);
                continue;
            }
            columns.all.push(index);
            let is_owners = field.slot.entity() == entity || field.slot.entity() == EntityKind::CustomerAddress;
            if leads_to_owner || is_owners && is_telling(field.spec.kind) {
                columns.naming.push(index);
            }
        }
        (!columns.naming.is_empty() && !columns.owned.is_empty()).then_some(columns)
    }

    /// The columns of a table of nothing but products.
    fn of_variants(fields: &[(usize, FieldRef)]) -> Option<Self> {
        let product = Slot::Main(EntityKind::Product);
        if fields.iter().any(|(_, field)| field.slot != product) {
            return None;
        }
        let columns_of = |is_wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let wanted = fields.iter().filter(|(_, field)| is_wanted(field.spec.name));
            wanted.map(|(index, _)| *index).collect()
        };
        let columns = Self {
            entity: EntityKind::Product,
            all: columns_of(&|name| OF_ALL_VARIANTS.contains(&name)),
            naming: columns_of(&|name| name == "name"),
            owned: columns_of(&|name| !OF_ALL_VARIANTS.contains(&name)),
        };
        (!columns.naming.is_empty() && !columns.owned.is_empty()).then_some(columns)
    }

    /// The rows are variants of products.
    pub(crate) fn is_of_variants(&self) -> bool {
        self.entity == EntityKind::Product
    }

    /// The row says whose it is.
    pub(crate) fn names_owner(&self, row: &Row) -> bool {
        any_filled(row, &self.naming)
    }

    /// The row is about something that has an owner.
    pub(crate) fn is_owned(&self, row: &Row) -> bool {
        any_filled(row, &self.owned)
    }

    /// The row with the owner's cells. A variant keeps what it says of itself.
    pub(crate) fn inherit(&self, row: &Row, owner: &[Cell]) -> Row {
        let mut inherited = row.clone();
        for column in &self.all {
            let cell = owner.get(*column).cloned().unwrap_or_default();
            if inherited.cells.len() <= *column {
                inherited.cells.resize_with(column + 1, Cell::default);
            }
            if let Some(own) = inherited.cells.get_mut(*column)
                && (own.is_blank() || !self.is_of_variants())
            {
                *own = cell;
            }
        }
        inherited
    }

    /// The cells of an owner's row that its other rows have too, each in its place.
    pub(crate) fn inherited_cells(&self, row: &Row) -> Vec<Cell> {
        let cells = row.cells.iter().enumerate();
        let kept = cells.map(|(index, cell)| if self.has(index) { cell.clone() } else { Cell::default() });
        kept.collect()
    }

    /// The column is the owner's.
    pub(crate) fn has(&self, column: usize) -> bool {
        self.all.contains(&column)
    }

    /// A fingerprint of the owner that a row names, where nothing but a name tells it from others.
    pub(crate) fn bare_name(&self, row: &Row) -> Option<u128> {
        let is_name = |text: &str| !text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
        if self.is_of_variants() || !self.names_owner(row) || !self.names(row).all(is_name) {
            return None;
        }
        let folded: Vec<String> = self.names(row).map(fold).collect();
        Some(hash128(folded.iter().map(String::as_bytes)))
    }

    /// The texts that tell one owner from another.
    fn names<'r>(&self, row: &'r Row) -> impl Iterator<Item = &'r str> {
        let cells = self.naming.iter().map(|column| row.cells.get(*column));
        cells.map(|cell| cell.map_or("", |cell| cell.text.trim()))
    }
}

/// A field of this kind tells one owner from another. Flags, dates and branches are often filled in every row.
fn is_telling(kind: FieldKind) -> bool {
    !matches!(
        kind,
        FieldKind::Boolean
            | FieldKind::Date(_)
            | FieldKind::DateTime(_)
            | FieldKind::Choice(_)
            | FieldKind::Country
            | FieldKind::Title
            | FieldKind::Decimal { .. }
            | FieldKind::Reference { .. }
    )
}

fn any_filled(row: &Row, columns: &[usize]) -> bool {
    let mut cells = columns.iter().filter_map(|column| row.cells.get(*column));
    cells.any(|cell| !cell.is_blank())
}

/// Which owners of a table are known by no more than a name, so that only their order tells namesakes apart.
#[derive(Debug)]
pub struct OwnerNames(Option<OwnerColumns>);

impl OwnerNames {
    /// Those of a table with this plan.
    pub fn of(plan: &TablePlan) -> Self {
        Self(OwnerColumns::of(plan))
    }

    /// A fingerprint of the owner that a row names, if it is known by no more than a name. Namesakes have the same.
    pub fn bare_name(&self, row: &Row) -> Option<u128> {
        self.0.as_ref()?.bare_name(row)
    }
}

/// Finds, row by row from the first to the last, the row that each belongs to.
#[derive(Debug, Default)]
pub struct OwnerTracker {
    columns: Option<OwnerColumns>,
    last: Option<Owner>,
    /// Owners that are known by no more than a name, and how many say the same.
    namesakes: HashMap<u128, u64>,
}

impl OwnerTracker {
    /// Before the first row of a table with this plan.
    pub fn of(plan: &TablePlan) -> Self {
        Self {
            columns: OwnerColumns::of(plan),
            ..Self::default()
        }
    }

    /// The row that the next row belongs to. A row that names an owner belongs to itself, which is worth saying only where
    /// another one says the same.
    pub fn owner_of(&mut self, row: &Row) -> Option<Owner> {
        let Some(columns) = &self.columns else {
            return self.owner_by_first_column(row);
        };
        if !columns.names_owner(row) {
            return self.last.clone().filter(|_| columns.is_owned(row));
        }
        let mut occurrence = 0;
        if let Some(name) = columns.bare_name(row) {
            let namesakes = self.namesakes.entry(name).or_default();
            occurrence = *namesakes;
            *namesakes += 1;
        }
        self.remember(row, occurrence);
        (occurrence > 0).then(|| Owner {
            number: row.number,
            occurrence,
            cells: Vec::new(),
        })
    }

    /// Nobody knows yet what the columns are. A row that leaves out the first column may belong to the last one that does not.
    fn owner_by_first_column(&mut self, row: &Row) -> Option<Owner> {
        if row.cells.first().is_none_or(Cell::is_blank) {
            return self.last.clone();
        }
        self.remember(row, 0);
        None
    }

    fn remember(&mut self, row: &Row, occurrence: u64) {
        let last = self.last.get_or_insert_default();
        last.number = row.number;
        last.occurrence = occurrence;
        last.cells.clone_from(&row.cells);
    }
}

/// How the rows of one word in a column are: with an owner, or without.
#[derive(Debug, Clone, Copy, Default)]
struct KindOfRow {
    owners: u64,
    owned: u64,
}

/// A column that may name the product that rows are variants of.
#[derive(Debug)]
struct GroupVote {
    column: usize,
    /// Its header speaks of such a name, which may be a number then.
    is_named: bool,
    /// What it says in the last row that names a product.
    last: String,
    /// What it says in all of these.
    seen: HashSet<u64>,
    /// It says something else in each of these, and in the rows below them the same.
    holds: bool,
}

impl GroupVote {
    fn of(column: usize, header: &str) -> Self {
        let words = header_words(header);
        Self {
            column,
            is_named: words.iter().any(|word| GROUP_WORDS.contains(&word.as_str())),
            last: String::new(),
            seen: HashSet::new(),
            holds: true,
        }
    }

    /// By all rows. A few products may differ by chance, unless the header says so.
    fn names_products(&self) -> bool {
        self.holds && (self.is_named || self.seen.len() >= FEWEST_PRODUCTS)
    }

    fn observe(&mut self, row: &Row, names_owner: bool) {
        if !self.holds {
            return;
        }
        let text = row.cells.get(self.column).map_or("", |cell| cell.text.trim());
        if !names_owner {
            self.holds = text == self.last;
            return;
        }
        let is_name = !text.is_empty() && (self.is_named || text.chars().any(char::is_alphabetic));
        let is_new =
            text != self.last && (self.seen.len() >= WATCHED_OWNERS || self.seen.insert(hash64(text.as_bytes())));
        self.holds = is_name && is_new;
        text.clone_into(&mut self.last);
    }
}

/// What the rows of a table say together on whose they are.
#[derive(Debug)]
pub struct OwnerVotes {
    columns: Option<OwnerColumns>,
    owners: u64,
    /// Owners whose row is about nothing else.
    bare_owners: u64,
    /// Rows that name no owner, below one that does.
    owned: u64,
    /// Owners that stand in the table again.
    repeats: u64,
    seen: HashSet<u128>,
    last: Option<u128>,
    /// Per watched column, its words; `None` where it has too many.
    words: Vec<(usize, Option<HashMap<String, KindOfRow>>)>,
    /// In a table of products, the columns that may say which rows are variants of one.
    groups: Vec<GroupVote>,
}

impl OwnerVotes {
    /// No votes yet, on a plan in which that is open.
    pub fn of(plan: &TablePlan) -> Self {
        let columns = OwnerColumns::of(plan).filter(|_| plan.owners == OwnerRule::Open);
        let is_free = |index: &usize| plan.columns.get(*index).is_some_and(|column| column.field.is_none());
        let free = (0..plan.columns.len()).filter(is_free).take(WATCHED_COLUMNS);
        let variants = columns.as_ref().filter(|columns| columns.is_of_variants());
        let groups = variants.map_or_else(Vec::new, |variants| {
            let others = (0..plan.columns.len()).filter(|index| !variants.has(*index));
            let header = |index: usize| plan.columns.get(index).map_or("", |column| column.header.as_str());
            let groups = others.map(|index| GroupVote::of(index, header(index)));
            groups.take(WATCHED_COLUMNS).collect()
        });
        Self {
            groups,
            columns,
            owners: 0,
            bare_owners: 0,
            owned: 0,
            repeats: 0,
            seen: HashSet::new(),
            last: None,
            words: free.map(|column| (column, Some(HashMap::new()))).collect(),
        }
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.columns.is_none()
    }

    /// The vote of the next row.
    pub fn observe(&mut self, row: &Row) {
        let Some(columns) = &self.columns else {
            return;
        };
        let names_owner = columns.names_owner(row);
        if columns.is_of_variants() {
            let is_owned = !names_owner && columns.is_owned(row);
            self.owned += u64::from(is_owned);
            for group in self.groups.iter_mut().filter(|_| names_owner || is_owned) {
                group.observe(row, names_owner);
            }
            return;
        }
        if names_owner {
            self.owners += 1;
            self.bare_owners += u64::from(!columns.is_owned(row));
            let print = hash128(columns.names(row).map(str::as_bytes));
            let known = self.last == Some(print) || self.seen.contains(&print);
            self.repeats += u64::from(known);
            if !known && self.seen.len() < WATCHED_OWNERS {
                self.seen.insert(print);
            }
            self.last = Some(print);
        } else if columns.is_owned(row) {
            self.owned += u64::from(self.owners > 0);
        } else {
            return;
        }
        for (column, words) in &mut self.words {
            let Some(known) = words else { continue };
            let text = row
                .cells
                .get(*column)
                .map_or("", |cell| cell.text.trim())
                .to_lowercase();
            if known.len() >= KINDS_OF_ROWS && !known.contains_key(&text) {
                *words = None;
                continue;
            }
            let kind = known.entry(text).or_default();
            kind.owners += u64::from(names_owner);
            kind.owned += u64::from(!names_owner);
        }
    }

    /// Settles in the plan whose the rows without an owner are.
    pub fn settle(&self, plan: &mut TablePlan) {
        if plan.owners == OwnerRule::Open {
            plan.owners = self.verdict();
        }
    }

    fn verdict(&self) -> OwnerRule {
        let Some(columns) = &self.columns else {
            return OwnerRule::Own;
        };
        if columns.is_of_variants() {
            let is_proven = self.owned > 0 && self.groups.iter().any(GroupVote::names_products);
            return if is_proven { OwnerRule::Above } else { OwnerRule::Own };
        }
        if self.owned == 0 {
            return OwnerRule::Unclear;
        }
        let rows = self.owners + self.owned;
        let owners_stand_alone = self.bare_owners * 10 >= self.owners * 8;
        // Where owners are said once, none is said again; where every row says its owner, those with several rows are.
        let said_once = self.repeats * 10 <= self.owned;
        let is_often = self.owned * 50 >= rows || rows < 50;
        if self.has_kinds_of_rows() || owners_stand_alone || said_once && is_often {
            OwnerRule::Above
        } else {
            OwnerRule::Unclear
        }
    }

    /// A column says which rows are owners and which are owned.
    fn has_kinds_of_rows(&self) -> bool {
        self.words.iter().filter_map(|(_, words)| words.as_ref()).any(|words| {
            let is_pure = |kind: &KindOfRow| kind.owners == 0 || kind.owned == 0;
            let named =
                |kinds: fn(&KindOfRow) -> u64| words.iter().any(|(word, kind)| !word.is_empty() && kinds(kind) > 0);
            words.values().all(is_pure) && named(|kind| kind.owners) && named(|kind| kind.owned)
        })
    }
}
