"""The decoding policies without any cache, written as plainly as possible: the oracle of the decoder.

Every pass runs the whole model on prompt + text + drafts + masks. Slow, and easy to check by eye.
"""

from dataclasses import dataclass, field

import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, Static, Verified

BUDGET = 24


@dataclass
class Reference:
    """What the plain loop wrote.

    Attributes:
        tokens: The text, the stop token included.
        blocks: Tokens written by each pass.
        stopped: Whether a stop token ended it.
        margin: The smallest distance of any decision from tipping over: between the two best logits, or
            between a confidence and its threshold. Rounding may differ by less than 1e-4.
    """

    tokens: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    stopped: bool = False
    margin: float = float("inf")
    confidences: list[float] = field(default_factory=list)


@torch.no_grad()
def reference(
    checkpoint: Checkpoint,
    prompt: list[int],
    policy: DecodingPolicy,
    budget: int = BUDGET,
    stop: frozenset[int] = frozenset(),
) -> Reference:
    """Decode greedily."""
    out = Reference()
    drafts: list[int] = []
    k = policy.k if isinstance(policy, Static) else policy.k_max
    masks = list(checkpoint.mask_token_ids) * (k - 1) if len(checkpoint.mask_token_ids) == 1 else None
    masks = list(checkpoint.mask_token_ids[: k - 1]) if masks is None else masks
    while True:
        ids = torch.tensor([prompt + out.tokens + drafts + masks])
        logits = checkpoint.model(input_ids=ids).logits[0, -(len(drafts) + k) :]
        logits[:, list(checkpoint.mask_token_ids)] = -torch.inf
        best = logits.topk(2, dim=-1).values
        out.margin = min(out.margin, float((best[:, 0] - best[:, 1]).min()))
        proposals = logits.argmax(-1).tolist()
        sure = logits.softmax(-1).max(-1).values.tolist()

        accepted = 0
        while accepted < len(drafts) and drafts[accepted] == proposals[accepted]:
            accepted += 1
        block = proposals[: accepted + 1]
        extra: list[int] = []
        if accepted == len(drafts):
            for token, confidence in zip(proposals[accepted + 1 :], sure[accepted + 1 :], strict=True):
                threshold = _threshold(policy)
                out.margin = min(out.margin, abs(confidence - threshold) if threshold else out.margin)
                if confidence < threshold:
                    break
                extra.append(token)
        if isinstance(policy, Verified):
            drafts = extra
        else:
            block += extra

        for place, token in enumerate(block):
            out.tokens.append(token)
            out.confidences.append(sure[place])
            out.stopped = token in stop
            if out.stopped or len(out.tokens) == budget:
                out.blocks.append(place + 1)
                return out
        out.blocks.append(len(block))


def _threshold(policy: DecodingPolicy) -> float:
    match policy:
        case Static():
            return 0.0
        case ConfAdapt():
            return policy.threshold
        case Verified():
            return policy.draft_threshold
