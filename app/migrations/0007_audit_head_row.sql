INSERT INTO audit_head (id, number, hash, created_at, updated_at)
VALUES (1, 0, UNHEX(REPEAT('00', 32)), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
