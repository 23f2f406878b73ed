-- Ids are ULIDs that the app makes. Times are UTC. Text is compared by its bytes: the app folds what has to be folded.
-- One statement a file: MySQL commits each by itself, so that of two one could be left over.

CREATE TABLE users (
    id            CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    email         VARCHAR(254) NOT NULL,
    name          VARCHAR(100) NOT NULL,
    password_hash VARCHAR(255) NULL COMMENT 'argon2id in PHC form; none until the invitation is accepted',
    revision      INT UNSIGNED NOT NULL COMMENT 'the entity tag',
    created_at    DATETIME(6) NOT NULL,
    updated_at    DATETIME(6) NOT NULL,
    deleted_at    DATETIME(6) NULL,
    -- An address is free again once its user is deleted.
    live_email    VARCHAR(254) AS (CASE WHEN deleted_at IS NULL THEN email END) STORED,
    UNIQUE KEY users_live_email (live_email)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
