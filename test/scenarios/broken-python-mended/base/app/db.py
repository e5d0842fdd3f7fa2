print "start"


def find(cursor, name):
    print "find"
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name); print "done"
