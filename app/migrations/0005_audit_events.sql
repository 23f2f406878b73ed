-- Who did what, and why: a chain in which each event names the one before.

CREATE TABLE audit_events (
    id            CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    number        BIGINT UNSIGNED NOT NULL COMMENT 'place in the chain, from 1',
    actor         VARCHAR(255) NOT NULL,
    action        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject       VARCHAR(255) NOT NULL,
    environment   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    reason        VARCHAR(1000) NULL,
    previous_hash BINARY(32) NOT NULL COMMENT 'of the event before; zeros in the first',
    hash          BINARY(32) NOT NULL,
    created_at    DATETIME(6) NOT NULL,
    updated_at    DATETIME(6) NOT NULL,
    UNIQUE KEY audit_events_number (number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
