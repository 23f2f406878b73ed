-- Files that clients bring to S3 themselves.

CREATE TABLE uploads (
    id           CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name         VARCHAR(255) NOT NULL,
    content_type VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    size         BIGINT UNSIGNED NOT NULL COMMENT 'bytes',
    sha256       BINARY(32) NOT NULL,
    created_by   VARCHAR(255) NOT NULL,
    confirmed_at DATETIME(6) NULL,
    deleted_at   DATETIME(6) NULL,
    created_at   DATETIME(6) NOT NULL,
    updated_at   DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
