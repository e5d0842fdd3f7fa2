print("start")


def find(cursor, name):
    print("find")
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name)
    print("done")


def more(cursor, name):
    cursor.execute("SELECT * FROM u WHERE name = '%s'" % name)
