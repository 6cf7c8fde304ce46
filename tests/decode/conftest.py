from hypothesis import settings

# The same examples on every machine: a build does not depend on luck.
settings.register_profile("decode", deadline=None, derandomize=True, max_examples=20)
settings.load_profile("decode")
