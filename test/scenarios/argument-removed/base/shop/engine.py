import jinja2

engine = jinja2.Environment(autoescape=jinja2.select_autoescape())
plain = jinja2.Environment()
