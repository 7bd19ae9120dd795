# A database in a file, with each of the two ways to keep it whole, and two that want it at once.
for mode in delete wal; do
    /bin/sqlite3 /tmp/db "PRAGMA journal_mode=$mode"
    /bin/sqlite3 /tmp/db ".read /database.sql"
    /bin/sqlite3 /tmp/db "SELECT count(*) FROM customers"
    /bin/busybox ls /tmp | /bin/busybox grep -v shm
    /bin/sqlite3 /tmp/db "BEGIN EXCLUSIVE; SELECT 'held';" ".shell /bin/sqlite3 -cmd '.timeout 100' /tmp/db 'INSERT INTO customers VALUES(20000,1,1)' 2>&1 | /bin/busybox sed 's/.*database/database/'" "COMMIT"
    /bin/busybox rm -f /tmp/db /tmp/db-wal /tmp/db-shm
done
