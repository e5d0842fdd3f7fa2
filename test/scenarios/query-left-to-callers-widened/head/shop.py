import sqlite3

connection = sqlite3.connect("shop.db")

def users(mail, name):
    sql = "SELECT * FROM users WHERE mail = '" + mail + "' AND name = '" + name + "'"
    return connection.execute(sql).fetchall()

def orders(mail, name):
    return connection.execute("SELECT * FROM orders WHERE mail = '" + mail + "' AND name = '" + name + "'").fetchall()
