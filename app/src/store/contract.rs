//! What every store has to keep to, shown on each of them.

use jiff::{SignedDuration, Timestamp};

use super::{Page, Reader};

const ALL: Page = Page::ALL;

/// Who has written nothing.
fn nobody() -> Reader {
    Reader { identity: "nobody".to_owned(), mark: 0 }
}

fn now() -> Timestamp {
    Timestamp::from_microsecond(1_700_000_000_123_456).expect("a moment")
}

fn later() -> Timestamp {
    now() + SignedDuration::from_mins(5)
}

/// Every part of the contract on a store of its own.
macro_rules! contract {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::store::MemoryStore::default()).await;
            })+
        }

        mod mysql_server {
            $(#[tokio::test]
            async fn $name() {
                let (_server, store) = crate::store::mysql::throwaway().await;
                super::$name(&store).await;
            })+
        }
    };
}

mod delivery;
mod identity;
mod work;
