from django.contrib.auth.mixins import UserPassesTestMixin
from django.views.generic import ListView


class Orders(UserPassesTestMixin, ListView):
    def test_func(self):
        return self.request.user.is_staff
