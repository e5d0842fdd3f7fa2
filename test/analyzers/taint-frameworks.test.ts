// What frameworks hand to functions: which of it is data of a request, and of which its type says that it does no harm. The lines
// marked with `# expect`, and no others, are reported.
import { describe, expect, it } from "vitest";
import { follow } from "../support/taint.ts";

const cases: Readonly<Record<string, string>> = {
  "arguments of queries by GraphQL": `
import graphene
import sink
import strawberry
from ariadne import ObjectType, QueryType
query = QueryType()
shop = ObjectType("Shop")
class Query(graphene.ObjectType):
    shop = graphene.String(name=graphene.String())
    def resolve_shop(root, info, name, count: int = 1, **others):
        sink.sql(name)  # expect
        sink.sql(others["order"])  # expect
        sink.sql(f"{root.name}{count}")
class Rename(graphene.Mutation):
    @classmethod
    def mutate(cls, root, info, name):
        sink.sql(name)  # expect
    def resolve(self, name):
        sink.sql(name)
@query.field("shop")
def one(_, info, name):
    sink.sql(name)  # expect
@shop.field("name")
def named(obj, info):
    sink.sql(obj.name)
@strawberry.type
class Root:
    @strawberry.field
    def shop(self, info: strawberry.Info, name: str, count: int) -> str:
        sink.sql(name)  # expect
        sink.sql(f"{count}{info.path}")
    @strawberry.mutation
    def rename(self, name: str) -> str:
        sink.sql(name)  # expect
    def helper(self, name: str) -> str:
        sink.sql(name)
`,
  "what a method that runs first left, in each that runs after it": `
import sink
from tornado.web import RequestHandler
class Search(RequestHandler):
    def prepare(self):
        self.words = []
        self.words.append(self.get_argument("q"))
        self.order = self.get_argument("order")
        self.count = int(self.get_argument("n"))
    def get(self):
        sink.sql(self.words[0])  # expect
        self.words.clear()
        self.order = "name"
        sink.sql(self.order)
    def post(self):
        sink.sql(self.words[0])  # expect
        sink.sql(self.order)  # expect
        sink.sql(self.count)
    def put(self):
        self.order = "name"
        sink.sql(self.words[0])  # expect
        sink.sql(self.order)
class Job(RequestHandler):
    def __init__(self, table):
        self.table = table
    def prepare(self):
        self.query = "select * from " + self.table
    def run(self):
        sink.sql(self.query)  # expect
Job("shops").run()
def start(request):
    Job(request.GET["table"]).run()
`,
  "parts of an address, by the patterns of Tornado": `
import sink
from tornado.web import Application, RequestHandler, url
class Number(RequestHandler):
    def get(self, number, rest):
        sink.path(number)
        sink.path(rest)  # expect
class Word(RequestHandler):
    def get(self, word):
        sink.path(word)
class Two(RequestHandler):
    def get(self, word):
        sink.path(word)  # expect
class Unread(RequestHandler):
    def get(self, word):
        sink.path(word)  # expect
class Named(RequestHandler):
    def get(self, rest, word):
        sink.path(word)
        sink.path(rest)  # expect
BELOW = "/unread"
application = Application([
    (r"/number/([0-9]+)/(.*)", Number),
    url(r"/word/(\\w+)\\.png", Word, name="word"),
    (r"/two/(\\w+)", Two),
    (r"/too/(.+)", Two),
    (r"/unread/(\\w+)", Unread),
    (BELOW + r"/of/(.*)", Unread),
    (r"/named/(?P<word>[a-z]+)/(?P<rest>.*)", Named, {"size": 1}),
])
`,
  "messages of queues and topics": `
import json
import boto3
import pika
import redis
import sink
from channels.consumer import SyncConsumer
from kafka import KafkaConsumer, KafkaProducer
class Reader:
    def __init__(self):
        self.consumer = KafkaConsumer("shops")
        self.producer = KafkaProducer()
    def run(self):
        for message in self.consumer:
            sink.sql(json.loads(message.value)["name"])  # expect
            sink.sql(f"{message.offset}")
            sink.sql(self.producer.send("shops", b"a").get())
def poll(url):
    for message in boto3.client("sqs").receive_message(QueueUrl=url)["Messages"]:
        sink.sql(message["Body"])  # expect
def listen():
    for message in redis.Redis().pubsub().listen():
        sink.sql(message["data"].decode())  # expect
    sink.sql(redis.Redis().get("name"))
def received(channel, method, properties, body):
    sink.sql(body.decode())  # expect
    sink.sql(method.exchange)
class Chat(SyncConsumer):
    def websocket_receive(self, event):
        sink.sql(event["text"])  # expect
    def chat_message(self, event):
        sink.sql(event["text"])
`,
  "what a job is called with that is run later": `
import sink
from celery import Celery, shared_task
from fastapi import BackgroundTasks, FastAPI
from flask import request
from rq import Queue
app = Celery()
queue = Queue()
api = FastAPI()
@shared_task
def one(name, other):
    sink.sql(name)  # expect
    sink.path(other)
@app.task(bind=True)
def own(self, name, other=None):
    sink.sql(name)  # expect
    sink.path(other)  # expect
@app.task
def never(name):
    sink.sql(name)
def plain(name, other):
    sink.sql(name)
    sink.path(other)  # expect
def view():
    one.delay(request.args["name"], request.method)
    own.apply_async((request.args["name"],), {"other": request.args["other"]})
    never.delay("a")
    never.apply_async(args=["b"], kwargs={})
    queue.enqueue(plain, "a", request.args["name"])
@api.post("/a")
def posted(name: str, tasks: BackgroundTasks):
    tasks.add_task(plain, "a", other=name)
`,
  "parameters of a FastAPI route, by their annotations": `
import uuid
from enum import Enum
from typing import Annotated, Literal, Optional
import sink
from fastapi import FastAPI, Query, UploadFile
from pydantic import Field, StringConstraints, constr
app = FastAPI()
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z-]+$")]
class Kind(str, Enum):
    A = "a"
    B = "b"
Names = Annotated[list[str], Query()]
@app.get("/a/{name}")
def a(name: str, plain, names: Names, number: int, maybe: Optional[int] = None, either: int | None = None,
      kind: Kind = Kind.A, word: Literal["a", "b"] = "a", key: uuid.UUID = None, ids: list[int] = Query([])):
    sink.sql(name)  # expect
    sink.sql(plain)  # expect
    sink.sql(names[0])  # expect
    sink.sql(f"{number}{maybe}{either}")
    sink.sql(kind)
    sink.sql(kind.value)
    sink.sql(word)
    sink.sql(f"{key}")
    sink.sql(",".join(str(one) for one in ids))
@app.get("/b/{slug}")
def b(slug: Slug, word: constr(pattern=r"^[a-z]+$"), short: Annotated[str, Field(pattern="^[a-z]$")],
      part: Annotated[str, StringConstraints(pattern=r"[a-z]")], sizes: dict[str, int], either: Slug | str):
    sink.sql(slug + word + short)
    sink.sql(part)  # expect
    sink.sql(either)  # expect
    for name, size in sizes.items():
        sink.sql(size)
        sink.sql(name)  # expect
`,
  "fields of a class that FastAPI fills": `
import sink
from typing import Optional
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class Base(BaseModel):
    number: int
class Part(Base):
    name: str
    tags: list[str] = []
    sizes: list[int] = []
class Whole(BaseModel):
    part: Part
    parts: list[Part]
    maybe: Optional[Part]
@app.post("/a")
def a(whole: Whole, several: list[Part]):
    sink.sql(whole.part.name)  # expect
    sink.sql(whole.part.number)
    sink.sql(whole.part.tags[0])  # expect
    sink.sql(whole.part.sizes[0])
    sink.sql(whole.maybe.name)  # expect
    sink.sql(whole.maybe.number)
    sink.sql(whole.unheard_of)  # expect
    for one in whole.parts + several:
        sink.sql(one.name)  # expect
    for one in several:
        sink.sql(one.number)
    sink.sql([one.number for one in several])
`,
  "fields that a class checks": `
import re, sink
from typing import Annotated
from fastapi import FastAPI
from pydantic import AfterValidator, BaseModel, field_validator, validator
app = FastAPI()
def word(text):
    if not text.isalnum():
        raise ValueError("no word")
    return text
def cut(text):
    return text[:10]
class Page(BaseModel):
    slug: str
    title: str
    order: str
    tag: Annotated[str, AfterValidator(word)]
    note: Annotated[str, AfterValidator(cut)]
    @field_validator("slug", "order")
    @classmethod
    def check(cls, value):
        if not re.fullmatch(r"[a-z]+", value):
            raise ValueError("no word")
        return value
    @field_validator("title", mode="before")
    @classmethod
    def tidy(cls, value, info):
        return value.strip()
class Old(BaseModel):
    name: str
    @validator("*")
    def check(cls, value, values):
        return {"a": "b", "c": "d"}[value]
@app.post("/a")
def a(page: Page, old: Old):
    sink.sql(page.slug)
    sink.sql(page.order)
    sink.sql(page.title)  # expect
    sink.sql(page.tag)
    sink.sql(page.note)  # expect
    sink.sql(old.name)
    sink.sql(page.model_dump()["slug"])
`,
  "the names of a model's fields": `
import sink
from typing import Literal
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Extra
app = FastAPI()
class Page(BaseModel):
    name: str
    kind: Literal["a", "b"]
class Wide(Page):
    model_config = ConfigDict(extra="allow")
class Shut(BaseModel):
    name: str
    class Config:
        extra = Extra.forbid
class Open(BaseModel):
    name: str
    class Config:
        extra = Extra.allow
@app.patch("/a")
def a(page: Page, wide: Wide, shut: Shut, opened: Open, plain: dict):
    data = page.model_dump(exclude_unset=True)
    sink.sql(", ".join(f"{key} = ?" for key in data))
    for key, value in page.dict().items():
        sink.sql(key)
        sink.sql(value)  # expect
    sink.sql(data["kind"])
    sink.sql(data["name"])  # expect
    sink.sql(", ".join(shut.dict()))
    sink.sql(", ".join(wide.model_dump()))  # expect
    sink.sql(", ".join(opened.dict()))  # expect
    sink.sql(", ".join(plain))  # expect
`,
  "routes that a call writes down": `
import sink
from flask import Flask
app = Flask(__name__)
def page(name, number, word):
    sink.sql(name)  # expect
    sink.sql(f"{number}")
    sink.sql(word)
app.add_url_rule("/<name>/<int:number>/<any(a, b):word>", view_func=page)
def made(name, user):
    sink.sql(name)  # expect
    sink.sql(user)  # expect
app.add_url_rule("/<name>/<path:user>", "made", made)
def unheard_of(name):
    sink.sql(name)
`,
  "the path of a FastAPI route without parameters": `
import sink
from fastapi import FastAPI, Request
app = FastAPI()
@app.get("/all")
def one(request: Request):
    sink.command(request.url.path.split("/")[-1])
    sink.command(request.url.query)  # expect
@app.get("/all/{name}")
def other(request: Request):
    sink.command(request.url.path.split("/")[-1])  # expect
@app.get("/a")
@app.get("/b/{name}")
def both(request: Request):
    sink.command(request.url.path)  # expect
`,
  "what the server says of a request to Django": `
import sink
from django.http import HttpResponse
def view(request):
    sink.command(request.META["REMOTE_ADDR"])
    sink.command(request.META.get("REMOTE_ADDR", ""))
    sink.command(request.META["HTTP_HOST"])  # expect
    sink.command(request.META.get("HTTP_X_FORWARDED_FOR"))  # expect
    sink.command(request.META[request.GET["name"]])  # expect
`,
  "what a dependency of a FastAPI route gives": `
import sink
from typing import Annotated
from fastapi import Depends, FastAPI, Header
from pydantic import BaseModel
app = FastAPI()
class Query(BaseModel):
    text: str
    size: int = 10
def name_of(name: str, number: int, token: str = Header()):
    return {"name": name, "number": number, "token": token, "word": "a"}
class Page:
    def __init__(self, order: str = "", size: int = 10):
        self.order = order
        self.size = size
def connect():
    connection = sink.connect()
    try:
        yield connection
    finally:
        connection.close()
Paged = Annotated[Page, Depends()]
def nested(found=Depends(name_of)):
    return found["name"]
@app.get("/query")
def query(asked: Query = Depends(), again: Annotated[Query, Depends()] = None):
    sink.sql(asked.text)  # expect
    sink.sql(again.text)  # expect
    sink.sql(f"{asked.size}{again.size}")
@app.get("/a")
def a(named: dict = Depends(name_of), page: Page = Depends(Page), paged: Paged = None, inner=Depends(nested),
      connection=Depends(connect)):
    sink.sql(named["name"])  # expect
    sink.sql(named["token"])  # expect
    sink.sql(named["number"])
    sink.sql(named["word"])
    sink.sql(page.order)  # expect
    sink.sql(page.size)
    sink.sql(paged.order)  # expect
    sink.sql(inner)  # expect
    sink.sql(connection)
`,
  "parts of a path that a converter makes numbers": `
import sink
from flask import Flask
app = Flask(__name__)
@app.route("/a/<int:number>/<name>/<uuid:key>")
def a(number, name, key):
    sink.sql(number)
    sink.sql(name)  # expect
    sink.sql(key)
@app.get("/b/<float:number>/<path:name>")
def b(number, name):
    sink.sql(number)
    sink.sql(name)  # expect
`,
  "parts of a path by their names, by the routes of Flask": `
import sink
from flask import Flask, request
app = Flask(__name__)
@app.get("/a/<int:number>/<name>")
def a(number, name):
    sink.sql(request.view_args["number"])
    sink.sql(request.view_args.get("number"))
    sink.sql(request.view_args["name"])  # expect
`,
  "what a schema of marshmallow has loaded for a method": `
import sink
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
blueprint = Blueprint("a", __name__)
class Find(Schema):
    name = fields.Str()
    kind = fields.Str(validate=validate.OneOf(["a", "b"]))
    word = fields.Str(validate=validate.Regexp(r"^[a-z]+$"))
    number = fields.Int()
    numbers = fields.List(fields.Int())
    names = fields.List(fields.Str(), required=True)
@blueprint.route("/a")
class View:
    @blueprint.arguments(Find)
    def post(self, data, user):
        sink.sql(data["name"])  # expect
        sink.sql(data["kind"] + data["word"])
        sink.sql(data["number"])
        sink.sql(data["numbers"][0])
        sink.sql(data["names"][0])  # expect
        sink.sql(user["name"])
`,
  "methods of a class that Flask calls": `
import sink
from flask import Flask
from flask.views import MethodView
app = Flask(__name__)
class Orders(MethodView):
    def get(self, number, name):
        sink.sql(number)
        sink.sql(name)  # expect
    def helper(self, name):
        sink.sql(name)
app.add_url_rule("/orders/<int:number>/<name>", view_func=Orders.as_view("orders"))
`,
  "fields of a form of WTForms": `
import sink
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
class Form(FlaskForm):
    name = StringField()
    number = IntegerField()
def a():
    form = Form()
    sink.sql(form.name.data)  # expect
    sink.sql(form.number.data)
`,
  "fields of a form of WTForms that something limits": `
import sink
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, DataRequired, Regexp
class Find(FlaskForm):
    name = StringField("Name", validators=[DataRequired(), Regexp(r"^[a-z]+$")])
    kind = StringField("Kind", [AnyOf(["a", "b"])])
    text = StringField("Text", [DataRequired(), Regexp(r"[a-z]")])
def view():
    form = Find()
    sink.sql(form.name.data + form.kind.data)
    sink.sql(form.text.data)  # expect
`,
  "fields of a form of WTForms that its class checks": `
import re
import sink
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError
from app.models import User
from app.names import is_fine
class Join(FlaskForm):
    name = StringField()
    mail = StringField()
    town = StringField()
    text = StringField()
    code = StringField()
    def validate_name(self, field):
        if not re.match(r"^[a-z]+$", field.data):
            raise ValidationError("letters only")
    def validate_town(self, town):
        is_fine(town.data)
    def validate_mail(self, mail):
        user = User.query.filter(
            User.mail == mail.data).first()
        if user is not None:
            raise ValidationError("taken")
    def validate_text(self, text):
        if len(text.data) > 100:
            raise ValidationError("too long")
    def validate_code(self, code):
        others = set(code.data) - set("abc")
        if others:
            raise ValidationError("a, b and c only")
def view():
    form = Join()
    sink.sql(form.name.data + form.town.data + form.code.data)
    sink.sql(form.mail.data)  # expect
    sink.sql(form.text.data)  # expect
`,
  "arguments that Flask-RESTful reads": `
import sink
from flask_restful import Resource, reqparse
parser = reqparse.RequestParser()
parser.add_argument("number", type=int, required=True)
parser.add_argument("order", choices=("a", "b"))
parser.add_argument("name", type=str)
class Orders(Resource):
    def get(self):
        args = parser.parse_args()
        sink.sql(args["number"])
        sink.sql(args.number)
        sink.sql(args.get("order"))
        sink.sql(args["name"])  # expect
        sink.sql(args.name)  # expect
        sink.sql(args["other"])  # expect
`,
  "a key of a copy that is set anew": `
import sink
from django.http import HttpResponse
def a(request):
    data = request.POST.copy()
    data["order"] = "name"
    sink.sql(data["order"])
    sink.sql(data.get("order"))
    sink.sql(data["other"])  # expect
def b(request):
    data = request.POST.copy()
    if not data.get("order"):
        data["order"] = "name"
    sink.sql(data["order"])  # expect
def c(request):
    data = request.GET.copy()
    data["order"] = request.GET["name"]
    sink.sql(data["order"])  # expect
`,
  "attributes that a constructor sets": `
import sink
from django.views import View
class Page:
    def __init__(self, request):
        self.size = int(request.GET["size"])
        self.name = request.GET["name"]
        self.parts = []
    def read(self):
        sink.sql(f"{self.size}")
        sink.sql(self.name)  # expect
        sink.sql("".join(self.parts))
class Shown(View):
    def get(self, request):
        self.number = int(request.GET["number"])
        self.either = int(request.GET["either"])
        return self.read(request)
    def post(self, request):
        self.either = request.POST["either"]
        sink.sql(self.either)  # expect
    def read(self, request):
        sink.sql(f"{self.number}")
`,
  "a request of Falcon": `
import falcon
import sink
class Orders:
    def on_get(self, req, resp, name):
        sink.sql(name)  # expect
        sink.sql(req.get_param("a"))  # expect
        sink.sql(req.get_param_as_int("a"))
    async def on_post(self, req, resp):
        body = await req.get_media()
        sink.sql(body["a"])  # expect
`,
  "parameters of Django Ninja": `
import sink
from django.db import connection
from ninja import NinjaAPI, Query, Schema
api = NinjaAPI()
class Order(Schema):
    name: str
    number: int
@api.get("/found")
def found(request, order: Query[Order], page: Order = Query(...), size: Query[int] = 10):
    sink.sql(order.name)  # expect
    sink.sql(page.name)  # expect
    sink.sql(f"{order.number}{page.number}{size}")
@api.post("/a")
def a(request, order: Order, number: int):
    sink.sql(order.name)  # expect
    sink.sql(order.number)
    sink.sql(number)
    sink.sql(request.GET["a"])  # expect
`,
  "fields of forms of Django and serializers that a regex or the like limits": `
import re
import sink
from django import forms
from django.core.validators import RegexValidator, validate_slug
from rest_framework import serializers
letters = RegexValidator(r"^[a-z]+\\Z")
SHORT = re.compile(r"^(a|b)\\Z")
class Find(forms.Form):
    word = forms.CharField(label="Word (in short)", validators=[letters])
    name = forms.RegexField(regex=SHORT)
    slug = forms.CharField(
        help_text="letters",
        validators=[validate_slug],
    )
    anything = forms.RegexField(r"^.+\\Z")
    beginning = forms.RegexField(r"^[a-z]+")
    none = forms.CharField(validators=[RegexValidator(r"^[a-z]+\\Z", inverse_match=True)])
    lines = forms.CharField(validators=[RegexValidator(r"^[a-z]+$", flags=re.MULTILINE)])
    help = forms.CharField(help_text="as validate_slug says")
class Sent(serializers.Serializer):
    ids = serializers.ListField(child=serializers.IntegerField(), min_length=1)
    words = serializers.ListField(min_length=1, child=serializers.CharField())
    branch = serializers.RegexField(r"^[a-z0-9_]+$")
    place = serializers.IPAddressField()
def find(request):
    data = Find(request.POST).cleaned_data
    word = data["word"]
    sink.sql(word)
    sink.sql(data["name"])
    sink.sql(data["slug"])
    sink.sql(data["anything"])  # expect
    sink.sql(data["beginning"])  # expect
    sink.sql(data["none"])  # expect
    sink.sql(data["lines"])  # expect
    sink.sql(data["help"])  # expect
def sent(request):
    serializer = Sent(data=request.data)
    place = serializer.validated_data["place"]
    sink.sql(serializer.validated_data["branch"] + place)
    sink.sql(",".join(str(one) for one in serializer.validated_data["ids"]))
    for word in serializer.validated_data["words"]:
        sink.sql(word)  # expect
`,
  "several uploads of FastAPI, and who logs in": `
import sink
from typing import Annotated
from fastapi import APIRouter, Depends, File, UploadFile
from fastapi.security import OAuth2PasswordRequestForm
router = APIRouter()
@router.post("/a")
def a(files: list[UploadFile] = File(...)):
    for one in files:
        sink.sql(one.file.read())  # expect
        sink.sql(one.size)
@router.post("/b")
def b(files: Annotated[list[UploadFile], File()], numbers: list[int] = []):
    sink.sql(files[0].file)  # expect
    sink.sql(numbers[0])
@router.post("/c")
def c(form: OAuth2PasswordRequestForm = Depends()):
    sink.sql(form.username)  # expect
`,
  "parts of a path of Sanic": `
import sink
from sanic import Sanic
from sanic.views import HTTPMethodView
app = Sanic("a")
@app.get("/a/<name>/<number:int>")
async def a(request, name, number):
    sink.sql(name)  # expect
    sink.sql(number)
    sink.sql(request.query_args[0][1])  # expect
class Orders(HTTPMethodView):
    async def get(self, request, name):
        sink.sql(name)  # expect
`,
};

/** The numbers of the lines that a comment marks, from 1. */
function expected(text: string): number[] {
  return text.split("\n").flatMap((line, at) => (line.endsWith("# expect") ? [at + 1] : []));
}

describe("data that a framework hands over", () => {
  it.each(Object.entries(cases))("%s", async (_, text) => {
    const found = await follow({ "app/views.py": text });
    const lines = [...new Set(found.map((one) => one.region.startLine))].sort((a, b) => a - b);
    expect(lines).toEqual(expected(text));
  });

  it("fields of forms and serializers of Django, by their types", async () => {
    const found = await follow({
      "app/forms.py": `
from django import forms
class Find(forms.Form):
    name = forms.CharField()
    number = forms.IntegerField()
    kind = forms.ChoiceField(choices=[("a", "A")])
    ids = forms.TypedMultipleChoiceField(choices=[("1", "A")], coerce=int)
    sizes = SimpleArrayField(base_field=forms.IntegerField(), required=False)
    names = SimpleArrayField(forms.CharField(max_length=9))
`,
      "app/store.py": `
import sink
def save(*, name, number, kind="a", **rest):
    sink.sql(number)
    sink.sql(kind)
    sink.sql(name)
def find(data):
    sink.sql(data["number"])
    sink.sql(data["name"])
`,
      "app/views.py": `
import sink
from app import store
from app.forms import Find
def a(request):
    form = Find(request.POST)
    sink.sql(form.cleaned_data["number"])
    sink.sql(form.cleaned_data.get("kind"))
    sink.sql(form.cleaned_data["name"])
    for one in form.cleaned_data["ids"]:
        sink.sql(one)
    sink.sql(form.cleaned_data["sizes"][0])
    sink.sql(form.cleaned_data["names"][0])
    store.save(**form.cleaned_data)
    store.find(form.cleaned_data)
`,
    });
    expect(found.map((one) => `${one.path}:${one.region.startLine}`)).toEqual([
      "app/store.py:6",
      "app/store.py:9",
      "app/views.py:9",
      "app/views.py:13",
    ]);
  });

  it("fields of a form, whatever another form has under the same name", async () => {
    const found = await follow({
      "app/base.py": `
from django import forms
class Named(forms.Form):
    name = forms.SlugField()
class Free(forms.Form):
    name = forms.CharField()
`,
      "app/forms.py": `
from django import forms
from app.base import Free, Named
class Numbered(forms.Form):
    number = forms.IntegerField()
    kind = forms.CharField()
    def clean_kind(self):
        if self.cleaned_data["kind"] not in KINDS:
            raise forms.ValidationError("kind")
        return self.cleaned_data["kind"]
class Other(forms.Form):
    number = forms.CharField()
    kind = forms.CharField()
class Both(Numbered, Named):
    pass
class Open(Free):
    pass
`,
      "app/views.py": `
import sink
from app.forms import Both, Numbered, Open, Other
def a(request):
    form = Numbered(request.POST)
    sink.sql(form.cleaned_data["number"])
    sink.sql(form.cleaned_data["kind"])
def b(request):
    form = Other(request.POST)
    sink.sql(form.cleaned_data["number"])
    sink.sql(form.cleaned_data["kind"])
def c(request):
    form = Both(request.POST)
    sink.sql(form.cleaned_data["number"])
    sink.sql(form.cleaned_data["name"])
def d(request):
    form = Open(request.POST)
    sink.sql(form.cleaned_data["name"])
`,
    });
    expect(found.map((one) => one.region.startLine)).toEqual([10, 11, 18]);
  });

  it("what a form checks as a whole, by the types of its fields", async () => {
    const text = `
import sink
from django import forms
class Find(forms.Form):
    name = forms.CharField()
    number = forms.IntegerField()
    def clean(self):
        data = super().clean()
        sink.sql(data["number"])
        sink.sql(data["name"])  # expect
        return data
`;
    const found = await follow({ "app/views.py": text });
    expect(found.map((one) => one.region.startLine)).toEqual(expected(text));
  });

  it("parts of a path by their names, by the URLs of Django", async () => {
    const found = await follow({
      "app/urls.py":
        'from django.urls import path, re_path\nfrom . import views\nurlpatterns = [path("<int:pk>/<name>/", views.Show.as_view()), re_path("^([a-f0-9]+)/(.+)$", views.keyed)]\n',
      "app/views.py": `
import sink
from django.views import View
class Show(View):
    def get(self, request, *args, **kwargs):
        sink.sql(kwargs["pk"])
        sink.sql(self.kwargs["pk"])
        sink.sql(kwargs["name"])
    def rows(self):
        sink.sql(self.kwargs.get("pk"))
        sink.sql(self.kwargs.get("name"))
def keyed(request, key, rest):
    sink.sql(key)
    sink.sql(rest)
def added(request, response, key):
    sink.sql(key)
`,
    });
    expect(found.map((one) => one.region.startLine)).toEqual([8, 11, 14]);
  });

  it("the path of a request to Django, unless all routes to a view are without parameters", async () => {
    const found = await follow({
      "app/urls.py": `
from django.urls import path, re_path
from . import views
urlpatterns = [
    path("all/", views.every),
    path("every/", views.every),
    path("shown/", views.Shown.as_view()),
    path("some/", views.some),
    path("some/<name>/", views.some),
    path("one/<int:pk>/", views.one),
    re_path("^rest/.*$", views.rest),
]
`,
      "app/views.py": `
import sink
from django.views import View
def every(request):
    sink.command(request.path)
    sink.command(request.get_full_path())
class Shown(View):
    def get(self, request):
        sink.command(request.path)
def some(request, name=""):
    sink.command(request.path)
def rest(request):
    sink.command(request.path)
def one(request, pk):
    sink.command(request.path)
`,
    });
    expect(found.map((one) => one.region.startLine)).toEqual([6, 11, 13]);
  });

  it("the path of a request to Django, where routes stand below a part that varies", async () => {
    const found = await follow({
      "site/urls.py":
        'from django.urls import include, path\nurlpatterns = [path("<name>/", include("app.urls"))]\n',
      "app/urls.py":
        'from django.urls import path\nfrom . import views\nurlpatterns = [path("all/", views.every)]\n',
      "app/views.py": "import sink\ndef every(request):\n    sink.command(request.path)\n",
    });
    expect(found.map((one) => one.region.startLine)).toEqual([3]);
  });

  it("fields of a class of another module", async () => {
    const found = await follow({
      "app/__init__.py": "",
      "app/items.py":
        "from pydantic import BaseModel\nclass Item(BaseModel):\n    name: str\n    number: int\n",
      "app/types.py": `
from typing import Annotated
from pydantic import StringConstraints
Slug = Annotated[str, StringConstraints(pattern="^[a-z-]+$")]
Short = Annotated[str, StringConstraints(max_length=9)]
`,
      "app/views.py": `
import sink
from fastapi import FastAPI
from app.items import Item
from app.types import Short, Slug
app = FastAPI()
@app.post("/a")
def a(item: Item):
    sink.sql(item.number)
    sink.sql(item.name)
@app.get("/{slug}")
def b(slug: Slug, name: Short):
    sink.sql(slug)
    sink.sql(name)
`,
    });
    expect(found.map((one) => one.region.startLine)).toEqual([10, 14]);
  });
});

const FLASK =
  "import os, sink, vault\nfrom pathlib import Path\nfrom urllib.parse import unquote\nfrom flask import Flask, request\napp = Flask(__name__)\n";
const FASTAPI = "import sink\nfrom fastapi import APIRouter\nrouter = APIRouter()\n";
const DJANGO = "import sink\nfrom django.http import HttpResponse\ndef show(request, name):\n";
const flask = (route: string, line: string) =>
  `${FLASK}@app.route("${route}")\ndef show(name):\n    ${line}\n`;
const urls = (route: string) =>
  `from django.urls import path, re_path\nfrom . import views\nurlpatterns = [${route}]\n`;

describe("A part of an address that no slash fits in", () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ["is told as a name", { "a.py": flask("/<name>", 'sink.path("/srv/" + name)') }, "low medium"],
    [
      "is told as a name where it is joined",
      {
        "a.py": flask(
          "/<string:name>",
          "sink.path(os.path.join(ROOT, str(name)[:20].lower() or 'b', 'a.txt'))",
        ),
      },
      "low medium",
    ],
    [
      "is told as a name in a path",
      { "a.py": flask("/<name>", 'sink.path(Path("/srv").joinpath(name))') },
      "low medium",
    ],
    [
      "is told as a name where another route leaves it out",
      {
        "a.py": `${FLASK}@app.route("/")\n@app.route("/<name>")\ndef show(name=None):\n    sink.path("/srv/" + name)\n`,
      },
      "low medium",
    ],
    [
      "may name the folder above",
      { "a.py": flask("/<name>", "sink.path_folder(os.path.join(ROOT, name))") },
      "medium high",
    ],
    [
      "may hold one once it is decoded",
      { "a.py": flask("/<name>", "sink.path(os.path.join(ROOT, unquote(name)))") },
      "high high",
    ],
    ...[
      'name.replace("-", "/")',
      '"/".join(name.split("-"))',
      "bytes.fromhex(name).decode()",
      "vault.open(name)",
    ].map((made): [string, Readonly<Record<string, string>>, string] => [
      `may hold one once it is made another text: ${made}`,
      { "a.py": flask("/<name>", `sink.path("/srv/" + ${made})`) },
      "high high",
    ]),
    [
      "is another one where a converter lets all through",
      { "a.py": flask("/<path:name>", 'sink.path("/srv/" + name)') },
      "high high",
    ],
    [
      "is less than what a query holds",
      { "a.py": flask("/<name>", 'sink.path(f"/srv/{name}/{request.args[name]}")') },
      "high high",
    ],
    [
      "is told as a name with FastAPI",
      {
        "a.py": `${FASTAPI}@router.get("/{name}")\ndef show(name: str):\n    sink.path("/srv/" + name)\n`,
      },
      "low medium",
    ],
    [
      "is none of the query with FastAPI",
      {
        "a.py": `${FASTAPI}@router.get("/")\ndef show(name: str):\n    sink.path("/srv/" + name)\n`,
      },
      "high high",
    ],
    [
      "is told as a name with Django",
      {
        "shop/views.py": `${DJANGO}    sink.path("/srv/" + name)\n`,
        "shop/urls.py": urls(
          'path("<name>/", views.show), re_path("^(?P<name>[^/]+)$", views.show)',
        ),
      },
      "low medium",
    ],
    [
      "is told as a name in a helper of another module with Django",
      {
        "shop/store.py": 'import sink\ndef read(name):\n    sink.path("/srv/" + name)\n',
        "shop/views.py":
          "from django.http import HttpResponse\nfrom shop.store import read\ndef show(request, name):\n    read(name)\n",
        "shop/urls.py": urls('path("<name>/", views.show)'),
      },
      "low medium",
    ],
    [
      "is no name where another route lets all through with Django",
      {
        "shop/views.py": `${DJANGO}    sink.path("/srv/" + name)\n`,
        "shop/urls.py": urls('path("<name>/", views.show), path("all/<path:name>/", views.show)'),
      },
      "high medium",
    ],
  ])("%s", async (_, files, told) => {
    const found = await follow(files);
    expect(found.map((one) => `${one.severity} ${one.confidence}`)).toEqual([told]);
  });
});
