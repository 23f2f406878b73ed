-- Times in which an environment is left alone.

CREATE TABLE freezes (
    id          CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    environment VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at  DATETIME(6) NULL,
    reason      VARCHAR(500) NOT NULL,
    created_by  VARCHAR(255) NOT NULL,
    lifted_by   VARCHAR(255) NULL,
    deleted_at  DATETIME(6) NULL,
    created_at  DATETIME(6) NOT NULL,
    updated_at  DATETIME(6) NOT NULL,
    KEY freezes_environment (environment, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
