from rest_framework import permissions, viewsets


class Orders(viewsets.ModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
