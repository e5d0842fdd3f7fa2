from rest_framework import permissions, viewsets


class Orders(viewsets.ModelViewSet):
    pass
