import hashlib
import hmac

from django.http import HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def hook(request):
    mac = hmac.new(KEY, request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mac, request.headers["X-Signature"]):
        return HttpResponseForbidden()
    handle(request.body)
    return HttpResponse()
