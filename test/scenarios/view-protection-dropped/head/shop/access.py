from functools import wraps

from django.core.exceptions import PermissionDenied


def members(view):
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not request.user.is_authenticated:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper


def logged(view):
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        print(request.path)
        return view(request, *args, **kwargs)

    return wrapper
