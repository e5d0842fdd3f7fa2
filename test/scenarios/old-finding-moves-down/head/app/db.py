import logging

log = logging.getLogger(__name__)


def find(cursor, name):
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % name)
