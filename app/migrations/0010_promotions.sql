-- The wish to bring a build into an environment, and what that would do.

CREATE TABLE promotions (
    id               CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    environment      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    build_id         CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    plan_sha256      BINARY(32) NOT NULL COMMENT 'another plan, other approvals',
    plan_summary     TEXT NOT NULL,
    approvals_needed TINYINT UNSIGNED NOT NULL,
    state            ENUM ('open', 'completed', 'withdrawn') NOT NULL,
    revision         INT UNSIGNED NOT NULL COMMENT 'the entity tag',
    created_by       VARCHAR(255) NOT NULL,
    created_at       DATETIME(6) NOT NULL,
    updated_at       DATETIME(6) NOT NULL,
    KEY promotions_environment (environment, id),
    CONSTRAINT promotions_build FOREIGN KEY (build_id) REFERENCES builds (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
