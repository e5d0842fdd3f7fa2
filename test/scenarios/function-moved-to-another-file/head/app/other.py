import os


def find(cursor, name):
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name)
