def find(cursor, name):
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name)  # portcullis: ignore[injection/sql-execute] names are checked
