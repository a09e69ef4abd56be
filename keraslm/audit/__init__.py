"""Is it a language model, and is its figure on a text an honest one?"""

from keraslm.audit.check import Check
from keraslm.audit.leaks import audit_texts
from keraslm.audit.model import audit_model

__all__ = ["Check", "audit_model", "audit_texts"]
