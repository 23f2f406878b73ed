use proptest::prelude::*;

use super::*;

/// Ids in the order of writing: those of a clock that went backwards once, and of one that did not.
const IDS: [[&str; 6]; 2] = [["A", "B", "C", "D", "E", "F"], ["A", "D", "B", "F", "C", "E"]];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn stored(id: &str, second: i64, previous: Option<RecordLink>) -> StoredRecord {
    let said = Said { id: id.to_owned(), previous, started_at: at(second), finished_at: at(second + 1) };
    StoredRecord { id: id.to_owned(), sha256: Some(sha256(&said)), content: Ok(said) }
}

/// Of all that the record says, as the bytes of a real one are.
fn sha256(said: &Said) -> String {
    RecordLink::of("", format!("{said:?}").as_bytes()).sha256
}

fn link(record: &StoredRecord) -> RecordLink {
    RecordLink { id: record.id.clone(), sha256: record.sha256.clone().expect("readable") }
}

fn chained(ids: &[&str]) -> (Vec<StoredRecord>, RecordLink) {
    let mut records: Vec<StoredRecord> = Vec::new();
    for (second, id) in (1..).zip(ids) {
        records.push(stored(id, second, records.last().map(link)));
    }
    let last = link(records.last().expect("not empty"));
    (records, last)
}

fn said(examination: &Examination) -> Vec<String> {
    examination.breaks.iter().map(ToString::to_string).collect()
}

#[test]
fn a_chain_is_whole_whatever_its_ids_are() {
    for ids in IDS {
        let (mut records, last) = chained(&ids);
        records.sort_by(|one, other| one.id.cmp(&other.id));
        let examination = examine(&records, Some(&last), &[]);
        assert_eq!(said(&examination), Vec::<String>::new());
        assert_eq!((examination.linked, examination.earlier), (6, 0));
        assert_eq!((examination.from, examination.to), (Some(at(1)), Some(at(7))));
    }
}

#[test]
fn no_record_and_one_record_are_whole() {
    assert_eq!(examine(&[], None, &[]).breaks, []);
    let (records, last) = chained(&["A"]);
    let examination = examine(&records, Some(&last), &[]);
    assert_eq!((examination.linked, examination.breaks), (1, Vec::new()));
}

#[test]
fn records_of_before_are_counted_and_are_no_break() {
    let old = ["0A", "0B", "0C"].map(|id| stored(id, 0, None)).to_vec();
    assert_eq!(examine(&old, None, &[]).breaks, []);
    let first = stored("A", 5, Some(link(&old[2])));
    let last = link(&first);
    let records = [old, vec![first]].concat();
    let examination = examine(&records, Some(&last), &[]);
    // The newest of them is named by the first that names one.
    assert_eq!((examination.linked, examination.earlier, examination.breaks), (2, 2, Vec::new()));
}

#[test]
fn a_record_beside_the_chain_is_found() {
    let (mut records, last) = chained(&IDS[0]);
    records.push(stored("CC", 9, None));
    assert_eq!(examine(&records, Some(&last), &[]).breaks, [Break::Unlinked { id: "CC".to_owned() }]);
    let forged = stored("CC", 9, Some(link(&records[1])));
    records[6] = forged;
    assert_eq!(examine(&records, Some(&last), &[]).breaks, [Break::Unnamed { id: "CC".to_owned() }]);
}

#[test]
fn without_its_end_a_chain_is_not_whole() {
    let (records, _) = chained(&IDS[1]);
    assert_eq!(examine(&records, None, &[]).breaks, [Break::NoEnd]);
}

#[test]
fn two_records_that_change_places_are_found() {
    let (mut records, last) = chained(&IDS[0]);
    let (one, other) = (records[2].clone(), records[3].clone());
    records[2] = StoredRecord { id: "C".to_owned(), ..other };
    records[3] = StoredRecord { id: "D".to_owned(), ..one };
    let broken = examine(&records, Some(&last), &[]).breaks;
    for id in ["C", "D"] {
        assert!(broken.iter().any(|it| matches!(it, Break::Changed { id: of, .. } if of == id)), "{broken:?}");
        assert!(broken.iter().any(|it| matches!(it, Break::Misplaced { id: of, .. } if of == id)), "{broken:?}");
    }
}

#[test]
fn what_is_unreadable_is_said_once() {
    let (mut records, last) = chained(&IDS[0]);
    records[3] = StoredRecord { sha256: None, content: Err("access denied".to_owned()), ..records[3].clone() };
    let unreadable = Break::Unreadable { id: "D".to_owned(), why: "access denied".to_owned() };
    assert_eq!(examine(&records, Some(&last), &[]).breaks, [unreadable]);
    records[3].sha256 = Some("garbage".to_owned());
    let broken = examine(&records, Some(&last), &[]).breaks;
    assert!(matches!(broken.as_slice(), [Break::Changed { id, .. }] if id == "D"), "{broken:?}");
}

#[test]
fn the_end_that_is_cut_off_shows_against_what_is_known() {
    let (mut records, last) = chained(&IDS[0]);
    let known = |id: &str, sha256: Option<&str>| KnownRecord { id: id.to_owned(), sha256: sha256.map(str::to_owned) };
    let all = [known("B", None), known("F", Some(&last.sha256))];
    assert_eq!(examine(&records, Some(&last), &all).breaks, []);
    let other = examine(&records, Some(&last), &[known("B", Some("0123456789abcdef"))]).breaks;
    assert!(matches!(other.as_slice(), [Break::NotAsKnown { id, .. }] if id == "B"), "{other:?}");
    // Whoever may write everything may also say that an earlier one was the last.
    records.truncate(4);
    let forged = link(&records[3]);
    assert_eq!(examine(&records, Some(&forged), &[]).breaks, []);
    assert_eq!(examine(&records, Some(&forged), &all).breaks, [Break::NotContained { id: "F".to_owned() }]);
}

#[test]
fn breaks_are_said_in_plain_words() {
    let (mut records, last) = chained(&IDS[0]);
    records.remove(3);
    records[1] = stored("B", 40, None);
    records.push(stored("G", 50, Some(link(&records[0]))));
    let known = [KnownRecord { id: "Z".to_owned(), sha256: None }];
    let short = |link: &RecordLink| link.sha256[..12].to_owned();
    let expected = short(records[2].previous().expect("C names B"));
    let found = short(&link(&records[1]));
    assert_eq!(
        said(&examine(&records, Some(&last), &known)),
        [
            format!("B was changed: C, written after it, says that its SHA-256 was {expected}…, and it is {found}…"),
            "D is missing: E, written after it, names it; the newest that is left before it is C".to_owned(),
            "G is named by no record: it was not written by ops, or one after it was replaced".to_owned(),
            "Z has to be there, and the chain does not contain it".to_owned(),
        ]
    );
}

/// What somebody does to one record.
#[derive(Debug, Clone, Copy)]
enum Tampering {
    Change,
    Delete,
    MakeUnreadable,
}

proptest! {
    /// Any one record of a chain of any length, the last one too, and nothing else is named.
    #[test]
    fn whatever_is_done_to_a_record_is_found(
        length in 1usize..6,
        victim in 0usize..6,
        order in 0usize..2,
        tampering in prop::sample::select(vec![Tampering::Change, Tampering::Delete, Tampering::MakeUnreadable]),
    ) {
        let victim = victim % length;
        let (mut records, last) = chained(&IDS[order][..length]);
        let id = records[victim].id.clone();
        match tampering {
            Tampering::Change => {
                let record = &mut records[victim];
                let said = record.content.as_mut().expect("readable");
                said.finished_at = at(1000);
                record.sha256 = Some(sha256(said));
            }
            Tampering::Delete => {
                records.remove(victim);
            }
            Tampering::MakeUnreadable => records[victim].content = Err("not JSON".to_owned()),
        }
        let found = examine(&records, Some(&last), &[]).breaks;
        prop_assert_eq!(found.iter().map(Break::id).collect::<Vec<_>>(), [Some(id.as_str())], "{:?}", found);
    }
}
