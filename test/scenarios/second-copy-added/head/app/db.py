def search(cursor, name):
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name)


def find(cursor, name):
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name)
