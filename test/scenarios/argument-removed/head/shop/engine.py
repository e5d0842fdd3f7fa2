import jinja2

engine = jinja2.Environment(trim_blocks=True)
plain = jinja2.Environment()
