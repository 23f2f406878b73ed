//! Users, their sessions, tokens and links, and the audit log.

use ulid::Ulid;

use super::{ALL, later, nobody, now};
use crate::identity::{Grant, Place, Role, SecretToken};
use crate::store::{
    ApiToken, EndReason, LinkPurpose, NewAuditEvent, OneTimeLink, Page, RefreshToken, Session, Store, StoreError,
    Transaction, User,
};

fn user(email: &str) -> User {
    User {
        id: Ulid::generate(),
        email: email.parse().expect("an address"),
        name: "Ada – 에이다".to_owned(),
        password_hash: None,
        grants: vec![
            Grant { environment: Place::Everywhere, role: Role::Viewer },
            Grant { environment: Place::Environment("dev".to_owned()), role: Role::Admin },
        ],
        revision: 1,
        created_at: now(),
        updated_at: now(),
    }
}

fn session(user_id: Ulid) -> Session {
    Session {
        id: Ulid::generate(),
        user_id,
        user_agent: "curl/8".to_owned(),
        address: "2001:db8::1".to_owned(),
        last_used_at: now(),
        expires_at: later(),
        ended: None,
        created_at: now(),
        updated_at: now(),
    }
}

contract!(
    users_are_kept_as_they_are,
    an_address_is_of_one_user_at_a_time,
    an_update_of_what_has_changed_meanwhile_does_nothing,
    sessions_end_once,
    a_refresh_token_is_used_once,
    what_is_not_committed_has_not_happened,
    the_audit_log_is_a_chain_also_when_many_append,
    an_api_token_is_of_its_user_until_it_is_revoked,
    a_link_is_used_once,
);

async fn users_are_kept_as_they_are(store: &dyn Store) {
    let users = [user("ada@example.com"), user("grace@example.com"), user("o'neill@example.com")];
    let mut transaction = store.begin().await.expect("a transaction");
    for user in &users {
        transaction.add_user(user).await.expect("added");
    }
    transaction.commit().await.expect("committed");
    let mut transaction = store.begin_read(&nobody()).await.expect("a transaction");
    assert_eq!(transaction.user(users[0].id).await.expect("readable").as_ref(), Some(&users[0]));
    assert_eq!(transaction.user(Ulid::generate()).await.expect("readable"), None);
    assert_eq!(transaction.user_of_email(&users[2].email).await.expect("readable").as_ref(), Some(&users[2]));
    let mut sorted = users.to_vec();
    sorted.sort_by_key(|user| user.id);
    assert_eq!(transaction.users(ALL).await.expect("readable"), sorted);
    let page = Page { after: Some(sorted[0].id), limit: 1 };
    assert_eq!(transaction.users(page).await.expect("readable"), sorted[1..2]);
}

async fn an_address_is_of_one_user_at_a_time(store: &dyn Store) {
    let (first, second) = (user("ada@example.com"), user("ada@example.com"));
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_user(&first).await.expect("added");
    transaction.commit().await.expect("committed");

    let mut transaction = store.begin().await.expect("a transaction");
    let refused = transaction.add_user(&second).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    drop(transaction);

    let mut transaction = store.begin().await.expect("a transaction");
    assert!(transaction.delete_user(first.id, later()).await.expect("deleted"));
    assert!(!transaction.delete_user(first.id, later()).await.expect("nothing to delete"));
    assert_eq!(transaction.user(first.id).await.expect("readable"), None);
    transaction.add_user(&second).await.expect("the address is free again");
    transaction.commit().await.expect("committed");
}

async fn an_update_of_what_has_changed_meanwhile_does_nothing(store: &dyn Store) {
    let stored = user("ada@example.com");
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_user(&stored).await.expect("added");
    let grants = vec![Grant { environment: Place::Everywhere, role: Role::Admin }];
    let changed = User { revision: 2, grants, password_hash: Some("$hash".to_owned()), updated_at: later(), ..stored };
    assert!(transaction.update_user(&changed).await.expect("an update"));
    assert!(!transaction.update_user(&User { name: "Eve".to_owned(), ..changed.clone() }).await.expect("an answer"));
    transaction.commit().await.expect("committed");
    let mut transaction = store.begin().await.expect("a transaction");
    assert_eq!(transaction.user(changed.id).await.expect("readable"), Some(changed));
}

async fn sessions_end_once(store: &dyn Store) {
    let (ada, grace) = (user("ada@example.com"), user("grace@example.com"));
    let sessions = [session(ada.id), session(ada.id), session(ada.id), session(grace.id)];
    let mut transaction = store.begin().await.expect("a transaction");
    for user in [&ada, &grace] {
        transaction.add_user(user).await.expect("added");
    }
    for session in &sessions {
        transaction.add_session(session).await.expect("added");
    }
    transaction.touch_session(sessions[1].id, later()).await.expect("touched");
    assert!(transaction.end_session(sessions[0].id, EndReason::Logout, later()).await.expect("ended"));
    assert!(!transaction.end_session(sessions[0].id, EndReason::Reuse, later()).await.expect("has ended"));
    let ended = transaction.session(sessions[0].id).await.expect("readable").expect("it is kept");
    assert_eq!(
        ended,
        Session { ended: Some((later(), EndReason::Logout)), updated_at: later(), ..sessions[0].clone() }
    );

    let alive = async |transaction: &mut dyn Transaction, user, at| {
        transaction.sessions_of(user, at).await.expect("readable").iter().map(|session| session.id).collect::<Vec<_>>()
    };
    let mut expected = vec![sessions[1].id, sessions[2].id];
    expected.sort_by(|one, other| other.cmp(one));
    assert_eq!(alive(transaction.as_mut(), ada.id, now()).await, expected);
    assert_eq!(alive(transaction.as_mut(), ada.id, later()).await, [], "they expire");
    let but = Some(sessions[2].id);
    transaction.end_sessions_of(ada.id, but, EndReason::Password, later()).await.expect("ended");
    assert_eq!(alive(transaction.as_mut(), ada.id, now()).await, [sessions[2].id]);
    assert_eq!(alive(transaction.as_mut(), grace.id, now()).await, [sessions[3].id]);
}

async fn a_refresh_token_is_used_once(store: &dyn Store) {
    let ada = user("ada@example.com");
    let session = session(ada.id);
    let hash = SecretToken::new("").hash();
    let token = RefreshToken { id: Ulid::generate(), session_id: session.id, hash, used_at: None, created_at: now() };
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_user(&ada).await.expect("added");
    transaction.add_session(&session).await.expect("added");
    transaction.add_refresh_token(&token).await.expect("added");
    transaction.commit().await.expect("committed");

    let used = async || {
        let mut transaction = store.begin().await.expect("a transaction");
        let first = transaction.use_refresh_token(token.id, later()).await.expect("an answer");
        transaction.commit().await.expect("committed");
        first
    };
    let (one, other) = tokio::join!(used(), used());
    assert!(one != other, "of two at once, one is the first");
    let mut transaction = store.begin().await.expect("a transaction");
    let found = transaction.refresh_token(hash).await.expect("readable");
    assert_eq!(found, Some(RefreshToken { used_at: Some(later()), ..token }));
    let unknown = SecretToken::new("").hash();
    assert_eq!(transaction.refresh_token(unknown).await.expect("readable"), None);
}

async fn what_is_not_committed_has_not_happened(store: &dyn Store) {
    let ada = user("ada@example.com");
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_user(&ada).await.expect("added");
    drop(transaction);
    let mut transaction = store.begin().await.expect("a transaction");
    assert_eq!(transaction.user(ada.id).await.expect("readable"), None);
}

async fn the_audit_log_is_a_chain_also_when_many_append(store: &dyn Store) {
    let event = |number: usize| NewAuditEvent {
        actor: format!("user:{number}"),
        action: "session.create".to_owned(),
        subject: "'; DROP TABLE users; --".to_owned(),
        environment: number.is_multiple_of(2).then(|| "dev".to_owned()),
        reason: None,
    };
    let append = async |number| {
        let mut transaction = store.begin().await.expect("a transaction");
        transaction.append_audit_event(event(number), now()).await.expect("appended");
        transaction.commit().await.expect("committed");
    };
    futures::future::join_all((0..6).map(append)).await;
    let mut transaction = store.begin_read(&nobody()).await.expect("a transaction");
    let mut events = transaction.audit_events(ALL).await.expect("readable");
    let page = Page { after: Some(events[1].id), limit: 2 };
    assert_eq!(transaction.audit_events(page).await.expect("readable"), events[2..4]);
    events.reverse();
    assert_eq!(events.iter().map(|event| event.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let mut previous = [0; 32];
    for event in events {
        assert_eq!((event.previous_hash, event.computed_hash()), (previous, event.hash));
        previous = event.hash;
    }
}

async fn an_api_token_is_of_its_user_until_it_is_revoked(store: &dyn Store) {
    let (ada, grace) = (user("ada@example.com"), user("grace@example.com"));
    let token = |user_id| {
        let secret = SecretToken::new("slipway_token_");
        ApiToken {
            id: Ulid::generate(),
            user_id,
            name: "CI of the shop".parse().expect("a name"),
            hash: secret.hash(),
            hint: secret.hint(),
            grants: ada.grants.clone(),
            expires_at: later(),
            last_used_at: None,
            created_at: now(),
        }
    };
    let (hers, workflow) = (token(Some(ada.id)), token(None));
    let mut transaction = store.begin().await.expect("a transaction");
    for user in [&ada, &grace] {
        transaction.add_user(user).await.expect("added");
    }
    for token in [&hers, &workflow] {
        transaction.add_api_token(token).await.expect("added");
    }
    assert_eq!(transaction.api_token_of_hash(workflow.hash).await.expect("readable"), Some(workflow));
    assert_eq!(transaction.api_tokens_of(ada.id).await.expect("readable"), std::slice::from_ref(&hers));
    assert_eq!(transaction.api_tokens_of(grace.id).await.expect("readable"), []);
    transaction.touch_api_token(hers.id, later()).await.expect("touched");
    let used = transaction.api_token_of_hash(hers.hash).await.expect("readable").expect("it is there");
    assert_eq!(used, ApiToken { last_used_at: Some(later()), ..hers.clone() });
    assert!(!transaction.revoke_api_token(grace.id, hers.id, later()).await.expect("not hers"));
    assert!(transaction.revoke_api_token(ada.id, hers.id, later()).await.expect("revoked"));
    assert!(!transaction.revoke_api_token(ada.id, hers.id, later()).await.expect("was revoked"));
    assert_eq!(transaction.api_token_of_hash(hers.hash).await.expect("readable"), None);
}

async fn a_link_is_used_once(store: &dyn Store) {
    let ada = user("ada@example.com");
    let link = |purpose| OneTimeLink {
        id: Ulid::generate(),
        user_id: ada.id,
        purpose,
        hash: SecretToken::new("").hash(),
        expires_at: later(),
        used_at: None,
        created_at: now(),
    };
    let links = [link(LinkPurpose::Invitation), link(LinkPurpose::PasswordReset)];
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.add_user(&ada).await.expect("added");
    for link in &links {
        transaction.add_one_time_link(link).await.expect("added");
        assert_eq!(transaction.one_time_link(link.hash).await.expect("readable").as_ref(), Some(link));
    }
    assert!(transaction.use_one_time_link(links[0].id, later()).await.expect("an answer"));
    assert!(!transaction.use_one_time_link(links[0].id, later()).await.expect("an answer"));
    transaction.void_one_time_links(ada.id, later()).await.expect("voided");
    assert!(!transaction.use_one_time_link(links[1].id, later()).await.expect("an answer"));
    assert_eq!(transaction.one_time_link(SecretToken::new("").hash()).await.expect("readable"), None);
}
