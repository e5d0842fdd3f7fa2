from django.db import connection


def search(request):
    name = request.GET["name"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM person WHERE name = '" + name + "'")
        return cursor.fetchall()
