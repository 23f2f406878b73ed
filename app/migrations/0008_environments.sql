-- What is known of each environment, as whoever observed it last has told.

CREATE TABLE environments (
    id         CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status     MEDIUMTEXT NOT NULL COMMENT 'JSON',
    revision   INT UNSIGNED NOT NULL COMMENT 'the entity tag',
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY environments_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
