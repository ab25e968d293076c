//! Verifying the audit list: whether anything of it was changed, removed, added past its chain or put elsewhere.

use std::collections::BTreeSet;

use atelier_store::ReadTx;
use atelier_store::chain::Link;
use atelier_store::queries::audit_chain;

use super::check::{Checked, Checker, Found};
use super::fault::{Fault, Source, Told};
use super::root::{PublicKey, Root};
use crate::{Result, Service};

/// What the list has to agree with.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Links that were kept elsewhere.
    pub kept: Vec<Link>,
    /// The keys that may have signed roots. If none is given, whoever signed them is believed.
    pub keys: BTreeSet<PublicKey>,
}

/// What was found out about the list.
#[derive(Clone, Debug)]
pub struct Verified {
    /// How many entries are linked.
    pub count: u64,
    /// The last link.
    pub head: Option<Link>,
    /// The last root, if any was signed.
    pub last_root: Option<Root>,
    /// What is wrong.
    pub found: Found,
}

impl Service {
    /// Goes through the whole list as it is at this moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_audit(&self, expected: &Expected) -> Result<Verified> {
        let mut tx = self.store.read().await?;
        let mut checker = Checker::new();
        let (last_root, forged) = expect_roots(&mut tx, &mut checker, &expected.keys).await?;
        for link in &expected.kept {
            checker.expect(*link, Source::Kept);
        }
        let mut position = i64::MIN;
        loop {
            let rows = audit_chain::linked_after(&mut tx, position).await?;
            let Some(last) = rows.last() else { break };
            position = last.position;
            for row in &rows {
                let entry = row.entry.as_ref().ok_or_else(|| row.entry_id.to_string());
                checker.see(row.position, &row.hash, entry);
            }
        }
        let Checked { count, head, mut found } = checker.finish();
        let mut id = None;
        loop {
            let rows = audit_chain::unlinked(&mut tx, id).await?;
            let Some(last) = rows.last() else { break };
            id = Some(last.id);
            rows.iter().for_each(|entry| found.add(Fault::Unlinked { entry: Told::of(entry) }));
        }
        forged.into_iter().for_each(|fault| found.add(fault));
        Ok(Verified { count, head, last_root, found })
    }
}

/// Has `checker` expect what the roots say whose signatures hold. Answers the last of them, and what is wrong with others.
async fn expect_roots(
    tx: &mut ReadTx,
    checker: &mut Checker,
    keys: &BTreeSet<PublicKey>,
) -> Result<(Option<Root>, Vec<Fault>)> {
    let (mut last, mut faults) = (None, Vec::new());
    for row in audit_chain::roots(tx).await? {
        match Root::read(&row).filter(Root::is_genuine) {
            None => faults.push(Fault::Forged { day: row.day }),
            Some(root) => {
                if !keys.is_empty() && !keys.contains(&root.public_key) {
                    faults.push(Fault::Unknown { day: root.day, public_key: root.public_key });
                }
                checker.expect(root.link, Source::Root(root.day));
                last = Some(root);
            }
        }
    }
    Ok((last, faults))
}
