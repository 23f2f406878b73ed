-- One row: whoever appends locks it, so that no two events follow the same one.

CREATE TABLE audit_head (
    id         TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    number     BIGINT UNSIGNED NOT NULL,
    hash       BINARY(32) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
