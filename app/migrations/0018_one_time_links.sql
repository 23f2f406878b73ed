-- What a mailed link proves, once.

CREATE TABLE one_time_links (
    id         CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    user_id    CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    purpose    ENUM ('invitation', 'password_reset') NOT NULL,
    hash       BINARY(32) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at    DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY one_time_links_hash (hash),
    CONSTRAINT one_time_links_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
