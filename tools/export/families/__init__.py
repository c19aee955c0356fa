"""The families that can be exported, by model_type. A new one: its file, and a line here."""

from families.blip import Blip2, InstructBlip
from families.gemma3 import Gemma3
from families.gemma3n import Gemma3n
from families.internvl import InternVL
from families.janus import Janus
from families.llava import Llava, LlavaNext, LlavaOnevision
from families.mllama import Mllama
from families.paligemma import PaliGemma

ALL = (Llava, LlavaNext, LlavaOnevision, InternVL, PaliGemma, Gemma3, Gemma3n, Blip2, InstructBlip, Mllama, Janus)
FAMILIES = {t: family for family in ALL for t in family.types}
