-- What machines log in with.

CREATE TABLE api_tokens (
    id           CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    user_id      CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'none for a workflow',
    name         VARCHAR(500) NOT NULL,
    hash         BINARY(32) NOT NULL,
    hint         CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'its last characters',
    grants       TEXT NOT NULL COMMENT 'JSON',
    expires_at   DATETIME(6) NOT NULL,
    last_used_at DATETIME(6) NULL,
    deleted_at   DATETIME(6) NULL,
    created_at   DATETIME(6) NOT NULL,
    updated_at   DATETIME(6) NOT NULL,
    UNIQUE KEY api_tokens_hash (hash),
    KEY api_tokens_user (user_id, id),
    CONSTRAINT api_tokens_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
