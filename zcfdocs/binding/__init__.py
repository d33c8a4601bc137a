"""Where each piece of evidence stands in the volume 佐证材料.pdf, or why it does not: pages are counted, nothing is written."""

from zcfdocs.binding.bound import Bound, paginate
from zcfdocs.binding.glancing import Doubt, glance
from zcfdocs.binding.looking import Look, look

__all__ = ["Bound", "Doubt", "Look", "glance", "look", "paginate"]
