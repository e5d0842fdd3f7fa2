import sqlite3

connection = sqlite3.connect("shop.db")

def by_mail(mail):
    return connection.execute("SELECT * FROM users WHERE mail = '" + mail + "'").fetchall()
