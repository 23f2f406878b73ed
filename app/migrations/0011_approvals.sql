-- That somebody agrees with a promotion: with exactly these artifacts and this plan.

CREATE TABLE approvals (
    id               CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    promotion_id     CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    plan_sha256      BINARY(32) NOT NULL,
    artifacts_sha256 BINARY(32) NOT NULL,
    approved_by      VARCHAR(255) NOT NULL,
    reason           VARCHAR(500) NOT NULL,
    created_at       DATETIME(6) NOT NULL,
    updated_at       DATETIME(6) NOT NULL,
    UNIQUE KEY approvals_once (promotion_id, approved_by, plan_sha256),
    CONSTRAINT approvals_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
