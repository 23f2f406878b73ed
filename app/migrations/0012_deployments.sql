-- The records of the engine, byte for byte: the chain is one of their bytes.

CREATE TABLE deployments (
    id            CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'of the record',
    environment   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    operation     VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    commit_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    outcome       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor         VARCHAR(2048) NOT NULL,
    started_at    DATETIME(6) NOT NULL,
    finished_at   DATETIME(6) NOT NULL,
    record_sha256 BINARY(32) NOT NULL,
    record        MEDIUMTEXT NOT NULL,
    created_by    VARCHAR(255) NOT NULL,
    created_at    DATETIME(6) NOT NULL,
    updated_at    DATETIME(6) NOT NULL,
    KEY deployments_environment (environment, id),
    KEY deployments_outcome (environment, outcome, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
