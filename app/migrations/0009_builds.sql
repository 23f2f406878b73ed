-- What CI has built of a commit: it never changes.

CREATE TABLE builds (
    id          CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    commit_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    artifacts   MEDIUMTEXT NOT NULL COMMENT 'JSON',
    test_report TEXT NOT NULL COMMENT 'JSON',
    created_by  VARCHAR(255) NOT NULL,
    created_at  DATETIME(6) NOT NULL,
    updated_at  DATETIME(6) NOT NULL,
    UNIQUE KEY builds_commit (commit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
