-- The answers to requests that say which one they are, so that one that is sent twice is done once.

CREATE TABLE idempotency_keys (
    id              CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    caller          VARCHAR(255) NOT NULL,
    idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_sha256  BINARY(32) NOT NULL,
    status          SMALLINT UNSIGNED NULL,
    answer          MEDIUMTEXT NULL COMMENT 'JSON; none where it was a secret',
    created_at      DATETIME(6) NOT NULL,
    updated_at      DATETIME(6) NOT NULL,
    UNIQUE KEY idempotency_keys_caller (caller, idempotency_key),
    KEY idempotency_keys_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
