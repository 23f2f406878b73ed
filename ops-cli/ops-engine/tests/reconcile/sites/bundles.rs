//! Bundles: what is one, and what is refused.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use ops_engine::bundle::{BundleError, Source, Stored, files_of, store};
use ops_engine::cloud::Objects as _;
use ops_model::bundle::{BundleFault, FILE_PREFIX, file_key, list_key};
use ops_model::declaration::Site;
use ops_model::precompressed::ContentCoding;
use ops_sim::SimulatedAccount;

use crate::fixture::BUCKET;

const FILES: [(&str, &str); 3] = [("index.html", "page"), ("assets/app.js", "script"), ("한글/a b.txt", "text")];

fn account() -> SimulatedAccount {
    let account = SimulatedAccount::new();
    account.create_bucket(BUCKET);
    account
}

async fn stored(account: &SimulatedAccount, path: &Path) -> Result<Stored, BundleError> {
    store(&account.cloud(), BUCKET, &Source::Disk(path.to_owned()), None, &[&Site::default()], |_, _| ()).await
}

async fn fault(path: &Path) -> BundleFault {
    match stored(&account(), path).await {
        Err(BundleError::NotABundle(fault)) => fault,
        other => panic!("no fault: {other:?}"),
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("in the folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    folder
}

/// Names as they are, whatever the writer of archives thinks of them.
fn tar(path: &Path, entries: &[(tar::EntryType, &[u8], &[u8])]) {
    let packed = zstd::Encoder::new(File::create(path).expect("a file"), 1).expect("an encoder");
    let mut archive = tar::Builder::new(packed);
    for (entry_type, name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*entry_type);
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_size(content.len() as u64);
        header.set_mode(0o777);
        header.set_cksum();
        archive.append(&header, *content).expect("an entry");
    }
    archive.into_inner().expect("packed").finish().expect("written");
}

fn zip(path: &Path, entries: &[(&str, u32, &str)]) {
    let mut archive = zip::ZipWriter::new(File::create(path).expect("a file"));
    for (name, mode, content) in entries {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(*mode);
        if mode & 0o170_000 == 0o120_000 {
            archive.add_symlink(*name, *content, options).expect("a link");
        } else {
            archive.start_file(*name, options).expect("a file");
            archive.write_all(content.as_bytes()).expect("written");
        }
    }
    archive.finish().expect("written");
}

#[tokio::test]
async fn the_digest_is_of_the_files_however_they_are_packed() {
    let folder = folder(&FILES);
    let place = tempfile::tempdir().expect("a folder");
    let tarred = place.path().join("site.tar.zst");
    let entries = FILES.map(|(name, text)| (tar::EntryType::Regular, format!("./{name}"), text));
    let entries: Vec<_> =
        entries.iter().rev().map(|(kind, name, text)| (*kind, name.as_bytes(), text.as_bytes())).collect();
    tar(&tarred, &entries);
    let zipped = place.path().join("site.zip");
    zip(&zipped, &FILES.map(|(name, text)| (name, 0o644, text)));

    let of_folder = stored(&account(), folder.path()).await.expect("a folder is a bundle");
    assert_eq!(of_folder.bundle.files.len(), 3);
    for path in [&tarred, &zipped] {
        let stored = stored(&account(), path).await.expect("a bundle");
        assert_eq!((&stored.digest, &stored.bundle), (&of_folder.digest, &of_folder.bundle), "{path:?}");
    }
}

async fn keys(account: &SimulatedAccount) -> Vec<String> {
    account.list(BUCKET, FILE_PREFIX).await.expect("readable")
}

#[tokio::test]
async fn a_bundle_is_a_list_and_each_file_is_stored_once() {
    let account = account();
    let first = stored(&account, folder(&FILES).path()).await.expect("a bundle");
    assert_eq!(first.place.to_string(), format!("s3://{BUCKET}/{}", list_key(&first.digest)));
    let files: BTreeSet<_> = first.bundle.files.values().map(|file| file_key(&file.sha256)).collect();
    assert_eq!(keys(&account).await, Vec::from_iter(files));
    assert_eq!(files_of(&account.cloud(), &first.place, &first.digest).await.expect("the list"), first.bundle);

    let writes = account.writes().len();
    assert_eq!(stored(&account, folder(&FILES).path()).await.expect("a bundle"), first);
    assert_eq!(account.writes().len(), writes, "nothing is written twice");

    // Another build brings what is new in it: a list and a file.
    let next = [FILES[0], FILES[1], ("b.txt", "text"), ("new.txt", "new")];
    stored(&account, folder(&next).path()).await.expect("a bundle");
    assert_eq!((account.writes().len(), keys(&account).await.len()), (writes + 2, 4));
}

#[tokio::test]
async fn what_was_deleted_comes_back_when_the_bundle_is_stored_again() {
    let account = account();
    let first = stored(&account, folder(&FILES).path()).await.expect("a bundle");
    let all = keys(&account).await;
    let cloud = account.cloud();
    for key in [all[0].as_str(), &first.place.key] {
        cloud.site_objects.delete_all(BUCKET, &[key.to_owned()]).await.expect("deleted");
    }
    let gone = files_of(&cloud, &first.place, &first.digest).await;
    assert!(matches!(gone, Err(BundleError::Missing { .. })), "{gone:?}");
    assert_eq!(stored(&account, folder(&FILES).path()).await.expect("a bundle"), first);
    assert_eq!(keys(&account).await, all);
    assert_eq!(files_of(&cloud, &first.place, &first.digest).await.expect("the list"), first.bundle);
}

#[tokio::test]
async fn a_bundle_comes_from_s3_as_from_the_disk() {
    let of_folder = stored(&account(), folder(&FILES).path()).await.expect("a bundle");
    let place = tempfile::tempdir().expect("a folder");
    let packed = place.path().join("web.zip");
    zip(&packed, &FILES.map(|(name, text)| (name, 0o644, text)));
    let account = account();
    account.put_object("ci", "builds/web.zip", fs::read(&packed).expect("an archive"));
    let source = "s3://ci/builds/web.zip".parse().expect("a place");
    let stored =
        store(&account.cloud(), BUCKET, &source, None, &[&Site::default()], |_, _| ()).await.expect("a bundle");
    assert_eq!(stored, of_folder);
}

#[tokio::test]
async fn what_is_no_bundle_is_refused() {
    let empty = tempfile::tempdir().expect("a folder");
    assert_eq!(fault(empty.path()).await, BundleFault::Empty);
    let no_entry = fault(folder(&[("main.html", "")]).path()).await;
    assert!(matches!(no_entry, BundleFault::NoPage { role: "entry page", .. }), "{no_entry:?}");
    let site = Site { precompressed: vec![ContentCoding::Br], ..Site::default() };
    let unpacked = folder(&[("index.html", ""), ("index.html.br", ""), ("app.js", "")]);
    let source = Source::Disk(unpacked.path().to_owned());
    let refused = store(&account().cloud(), BUCKET, &source, None, &[&Site::default(), &site], |_, _| ()).await;
    assert!(matches!(refused, Err(BundleError::NotABundle(BundleFault::NoVariants { missing: 1, .. }))), "{refused:?}");
    let cases = fault(folder(&[("index.html", ""), ("Index.html", "")]).path()).await;
    assert!(matches!(cases, BundleFault::CaseCollision { .. }), "{cases:?}");
    let own = fault(folder(&[("index.html", ""), (".slipway/current.json", "")]).path()).await;
    assert!(matches!(own, BundleFault::Name { .. }), "{own:?}");
    let linked = folder(&FILES);
    std::os::unix::fs::symlink("/etc/hostname", linked.path().join("link.txt")).expect("a link");
    assert!(matches!(fault(linked.path()).await, BundleFault::NotAFile { what: "a symbolic link", .. }));
    let folder_link = folder(&FILES);
    std::os::unix::fs::symlink("/etc", folder_link.path().join("etc")).expect("a link");
    assert!(matches!(fault(folder_link.path()).await, BundleFault::NotAFile { .. }));
    let control = fault(folder(&[("index.html", ""), ("a\nb", "")]).path()).await;
    assert!(matches!(control, BundleFault::Name { .. }), "{control:?}");
}

#[tokio::test]
async fn archives_that_lead_elsewhere_are_refused_and_write_nothing() {
    use tar::EntryType;
    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("site.tar.zst");
    let page: (EntryType, &[u8], &[u8]) = (EntryType::Regular, b"index.html", b"page");
    for (entry_type, name) in [
        (EntryType::Regular, &b"../escaped"[..]),
        (EntryType::Regular, b"a/../../escaped"),
        (EntryType::Regular, b"/tmp/escaped"),
        (EntryType::Regular, b"a\\..\\escaped"),
        (EntryType::Regular, b"not-utf8-\xff"),
        (EntryType::Regular, b".slipway/current.json"),
        (EntryType::Symlink, b"link"),
        (EntryType::Link, b"link"),
        (EntryType::Fifo, b"pipe"),
        (EntryType::Char, b"device"),
    ] {
        tar(&path, &[page, (entry_type, name, b"")]);
        let fault = fault(&path).await;
        let named = matches!(fault, BundleFault::Name { .. } | BundleFault::NotAFile { .. });
        assert!(named, "{}: {fault:?}", String::from_utf8_lossy(name));
    }
    tar(&path, &[page, page]);
    assert!(matches!(fault(&path).await, BundleFault::Twice { .. }));
    tar(&path, &[page, (EntryType::Regular, b"index.html/x", b"")]);
    assert!(matches!(fault(&path).await, BundleFault::FileAndFolder { .. }));
    let zipped = place.path().join("site.zip");
    zip(&zipped, &[("index.html", 0o644, "page"), ("link", 0o120_777, "/etc/hostname")]);
    assert!(matches!(fault(&zipped).await, BundleFault::NotAFile { what: "a symbolic link", .. }));
    zip(&zipped, &[("index.html", 0o644, "page"), ("../escaped", 0o644, "")]);
    assert!(matches!(fault(&zipped).await, BundleFault::Name { .. }));
    assert!(!place.path().join("escaped").exists() && !Path::new("/tmp/escaped").exists());
}

#[tokio::test]
async fn what_is_no_archive_is_said_to_be_none() {
    let place = tempfile::tempdir().expect("a folder");
    for (name, content) in [("site.tar.zst", "no archive"), ("site.zip", "no archive"), ("site.rar", "")] {
        let path = place.path().join(name);
        fs::write(&path, content).expect("a file");
        let error = stored(&account(), &path).await.expect_err("no archive");
        assert!(matches!(error, BundleError::Archive { .. } | BundleError::UnknownForm { .. }), "{name}: {error:?}");
    }
}
