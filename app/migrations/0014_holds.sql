-- Builds that an environment does not get.

CREATE TABLE holds (
    id          CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    environment VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    artifact    VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    digest      CHAR(71) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason      VARCHAR(500) NOT NULL,
    created_by  VARCHAR(255) NOT NULL,
    lifted_by   VARCHAR(255) NULL,
    deleted_at  DATETIME(6) NULL,
    created_at  DATETIME(6) NOT NULL,
    updated_at  DATETIME(6) NOT NULL,
    KEY holds_environment (environment, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
