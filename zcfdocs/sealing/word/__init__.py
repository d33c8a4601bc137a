"""Word copies that nobody can change unseen: OPC signatures (ECMA-376-2, 12) in the form XAdES-BES, made and judged."""

from zcfdocs.sealing.word.bare import differences_from, parts_without_signature
from zcfdocs.sealing.word.judging import judge_word
from zcfdocs.sealing.word.signing import sign_word

__all__ = ["differences_from", "judge_word", "parts_without_signature", "sign_word"]
