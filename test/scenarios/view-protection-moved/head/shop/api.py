from rest_framework import viewsets


class Orders(viewsets.ModelViewSet):
    pass
