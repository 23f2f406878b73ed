-- What is to be done after a transaction, written in it: sent to the queue by a sweep, done by a worker.

CREATE TABLE jobs (
    id         CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    kind       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    content    MEDIUMTEXT NOT NULL COMMENT 'JSON',
    state      ENUM ('waiting', 'sent', 'running', 'done', 'failed') NOT NULL,
    attempts   INT UNSIGNED NOT NULL,
    error      VARCHAR(2000) NULL,
    due_at     DATETIME(6) NOT NULL COMMENT 'waiting: when to send it; sent, running: when to send it again',
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY jobs_due (state, due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
