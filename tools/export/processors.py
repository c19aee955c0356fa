"""A checkpoint's processor, with Pillow's resizing, which is what Lookalike reproduces."""

import inspect
import json
import os


def load(origin):
    """The processor of a folder. Where its parts for films and sounds cannot be had, the rest of it."""
    from transformers import AutoProcessor

    try:
        return AutoProcessor.from_pretrained(origin, backend='pil')
    except (ValueError, ImportError):
        return without_video(origin)


def without_video(origin):
    """Image processor and tokenizer in the checkpoint's own processor class."""
    import transformers
    from transformers import AutoImageProcessor, AutoTokenizer

    settings = {}
    for name in ('preprocessor_config.json', 'tokenizer_config.json', 'processor_config.json'):
        path = os.path.join(origin, name)
        if os.path.exists(path):
            with open(path, encoding='utf-8') as file:
                settings.update(json.load(file))
    kind = getattr(transformers, settings['processor_class'])
    image_processor = AutoImageProcessor.from_pretrained(origin, backend='pil')
    tokenizer = AutoTokenizer.from_pretrained(origin)
    known = inspect.signature(kind.__init__).parameters
    more = {k: v for k, v in settings.items() if k in known and k not in ('image_processor', 'tokenizer', 'video_processor', 'chat_template')}
    more.update({part: None for part in ('video_processor', 'feature_extractor') if part in known})
    return lenient(kind)(image_processor=image_processor, tokenizer=tokenizer, chat_template=template(origin) or tokenizer.chat_template, **more)


def template(origin):
    """The chat template of a folder that keeps it in a file of its own; None where it has none."""
    plain, wrapped = (os.path.join(origin, f'chat_template.{kind}') for kind in ('jinja', 'json'))
    if os.path.exists(plain):
        with open(plain, encoding='utf-8') as file:
            return file.read()
    if os.path.exists(wrapped):
        with open(wrapped, encoding='utf-8') as file:
            return json.load(file)['chat_template']
    return None


def lenient(kind):
    """The class with no processor of films and sounds allowed."""

    class WithoutVideo(kind):
        def check_argument_for_proper_class(self, name, value):
            return None if value is None else super().check_argument_for_proper_class(name, value)

    WithoutVideo.__name__ = kind.__name__
    return WithoutVideo
