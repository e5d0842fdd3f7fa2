from django.db import connection


def search(request):
    wanted = request.GET["name"]
    with connection.cursor() as rows:
        rows.execute("SELECT * FROM person WHERE name = '" + wanted + "'")
        return rows.fetchall()


def search_more(request):
    wanted = request.GET["name"]
    with connection.cursor() as rows:
        rows.execute("SELECT * FROM company WHERE name = '" + wanted + "'")
        return rows.fetchall()
