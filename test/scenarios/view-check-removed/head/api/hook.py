import hashlib
import hmac

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def hook(request):
    handle(request.body)
    return HttpResponse()
