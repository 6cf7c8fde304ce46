"""Decoding policies and request options: small frozen values, validated when they are made.

The policies say how many of a pass's proposals are emitted (see `mtp_model.layout` for the block):

* `Static(k)`: always k. `Static(1)` is plain decoding, the baseline everywhere.
* `ConfAdapt(threshold, k_max)`: the first, then each next one while its probability reaches the threshold.
* `Verified(k_max, draft_threshold)`: lossless; proposals become drafts that the next pass checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from mtp_model.errors import ConfigError

__all__ = [
    "ConfAdapt",
    "DecodingPolicy",
    "GenerationOptions",
    "JSONBounds",
    "Static",
    "Verified",
    "policy_from_name",
]

MAX_K = 256
"""Largest accepted k: far above any trained student, small enough to catch a swapped argument."""


AUTO: Final = "auto"
"""`k_max` of a policy that leaves k to the decoder."""


MAX_LOGPROBS = 20
"""Most alternatives that are listed beside a token, as in OpenAI's API."""


QUANTIZATIONS = ("int8", "float8")
"""Types in which a model's layers may keep their weights; see `mtp_model.checkpoint.load_checkpoint`."""


def check_quantization(quantization: object) -> None:
    """Refuse a name that is not known.

    Raises:
        ConfigError: With those that are.
    """
    if quantization not in QUANTIZATIONS:
        known = ", ".join(map(repr, QUANTIZATIONS))
        raise ConfigError(
            f"quantization={quantization!r} is not known: use one of {known}, or None to keep the weights "
            "in their floating-point type."
        )


def _check_k(owner: str, name: str, k: object) -> None:
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MAX_K:
        raise ConfigError(
            f"{owner}({name}={k!r}): {name} is the number of tokens per forward pass and must be an integer "
            f"from 1 to {MAX_K}. Use 1 for plain decoding, or the k that the student was trained with."
        )


def _check_k_max(owner: str, k_max: object) -> None:
    if isinstance(k_max, str) and k_max != AUTO:
        raise ConfigError(
            f"{owner}(k_max={k_max!r}): give an integer from 1 to {MAX_K}, or 'auto': the decoder chooses."
        )
    if k_max != AUTO:
        _check_k(owner, "k_max", k_max)


def _check_number(owner: str, name: str, value: object, low: float, high: float, *, open_low: bool) -> None:
    inside = (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (low < value if open_low else low <= value)
        and value <= high
    )
    if not inside:
        interval = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if high == float('inf') else ']'}"
        raise ConfigError(f"{owner}({name}={value!r}): {name} must be a number in {interval}.")


def _check_integer(name: str, value: object, minimum: int | None, owner: str = "GenerationOptions") -> None:
    if isinstance(value, bool) or not isinstance(value, int) or (minimum is not None and value < minimum):
        need = "an integer" if minimum is None else f"an integer of at least {minimum}"
        raise ConfigError(f"{owner}({name}={value!r}): {name} needs {need}.")


@dataclass(frozen=True, slots=True)
class Static:
    """Always emit `k` tokens per pass. `Static(1)` is plain single-token decoding.

    Attributes:
        k: Tokens per forward pass.
    """

    k: int = 1

    def __post_init__(self) -> None:
        """Refuse a k that is no positive integer."""
        _check_k("Static", "k", self.k)


@dataclass(frozen=True, slots=True)
class ConfAdapt:
    """Emit the first proposal, then each next one while its max-softmax is at least the threshold.

    With temperature above 0 the first token of a pass is sampled exactly; later ones are taken greedily
    while confident, and only behind a sampled token that is also the most likely one. That is an
    approximation: use `Verified` for exact sampling.

    Attributes:
        threshold: Probability in (0, 1] that each further token of the block must reach.
        k_max: Largest number of tokens per pass. A student trained for fewer is used with its own maximum.
            "auto" chooses it again every few passes, by expected tokens over measured cost, and takes 1 where
            blocks do not pay (see `Verified`). Then the text may differ from run to run, since a block ends
            at its k: the tokens depend on the choices, which depend on timing and on the rest of the batch,
            seed or not.
    """

    threshold: float = 0.9
    k_max: int | Literal["auto"] = 16

    def __post_init__(self) -> None:
        """Refuse a threshold outside (0, 1] and a k_max that is no positive integer."""
        _check_number("ConfAdapt", "threshold", self.threshold, 0.0, 1.0, open_low=True)
        _check_k_max("ConfAdapt", self.k_max)


@dataclass(frozen=True, slots=True)
class Verified:
    """Lossless: greedy text equals `Static(1)` token for token; sampled text has the same distribution.

    The block leads with the last token and confident drafts; the logits at the drafts check them as in
    speculative decoding, and the masks behind them propose the next drafts in the same pass.

    With temperature this is exact rejection sampling. A draft x is one certain token, q(x) = 1, so it stands
    with probability min(1, p(x)/q(x)) = p(x), else another token is drawn from p without x; p is the model's
    own next-token distribution after a grammar, temperature, top_k, top_p and min_p. One draw y from p
    decides both: x stands if y = x, else y takes its place. The draws come from the request's seed and the
    position, so even the text is that of `Static(1)` at the same seed.

    The limit is rounding. The same numbers are added up in another order in a block than one token at a time,
    as they are in a batch of another size, which moves logits a little in float32 and more in bfloat16.
    Where two tokens are closer than that, either may be written, and the text goes on from there: both are
    what the model says, to its precision. The same holds for `Static(1)` alone and in a batch. In bfloat16 on
    CPUs with AMX small models (matrices of up to 2 MiB, as the embedded student's) are free of it: there all
    sums run in one order, and equality is exact.

    Attributes:
        k_max: Largest number of tokens per pass: k_max - 1 drafts and the token that follows them. "auto"
            chooses it again every few passes, by expected tokens over measured cost, and takes 1 where blocks
            do not pay; where all blocks have one width, on accelerators and on the device loop, it is the
            student's own. It changes speed only, never the text.
        draft_threshold: Probability in [0, 1] that a proposal must reach to become a draft. It changes
            speed only, never the text.
    """

    k_max: int | Literal["auto"] = AUTO
    draft_threshold: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a draft threshold outside [0, 1] and a k_max that is no positive integer."""
        _check_k_max("Verified", self.k_max)
        _check_number("Verified", "draft_threshold", self.draft_threshold, 0.0, 1.0, open_low=False)


DecodingPolicy = Static | ConfAdapt | Verified


def policy_from_name(
    name: str, *, k: int | Literal["auto"] | None = None, threshold: float | None = None
) -> DecodingPolicy:
    """Make a policy from the words of a command line or a settings form.

    Args:
        name: "static", "confadapt" or "verified", in any case.
        k: Tokens per pass (`k` or `k_max`), "auto" for the latter; None for the policy's default.
        threshold: `threshold` of ConfAdapt or `draft_threshold` of Verified; None for the default.

    Raises:
        ConfigError: The name is unknown, a value is out of range, or `static` got a threshold.
    """
    match name.lower() if isinstance(name, str) else name:
        case "static":
            if threshold is not None:
                raise ConfigError(
                    f"the policy 'static' got threshold={threshold!r}, but it has none: it always emits k "
                    "tokens. Leave the threshold out, or use 'confadapt' or 'verified'."
                )
            if k == AUTO:
                raise ConfigError(
                    "the policy 'static' got k='auto': it always emits k tokens. Give a number."
                )
            return Static() if k is None else Static(k)
        case "confadapt":
            base = ConfAdapt()
            return ConfAdapt(
                base.threshold if threshold is None else threshold, base.k_max if k is None else k
            )
        case "verified":
            lossless = Verified()
            return Verified(
                lossless.k_max if k is None else k,
                lossless.draft_threshold if threshold is None else threshold,
            )
        case _:
            raise ConfigError(f"unknown decoding policy {name!r}: use 'static', 'confadapt' or 'verified'.")


@dataclass(frozen=True, slots=True)
class JSONBounds:
    """How long the parts of a constrained answer may grow where their schema sets no shorter end.

    A schema sets no end to most strings, arrays and numbers, and a weak student finds none. At a bound the
    answer goes the shortest way to its end that the schema allows, so a part that the bound ends is cut:
    `DecodeStats.steered` tells. Text outside of constrained calls and answers has no bounds.

    Attributes:
        string: Most characters of a string, as written: an escape has several.
        number: Most characters of a number.
        items: Most items of an array, and properties of an object.
        depth: Most arrays and objects inside each other.
    """

    string: int = 4000
    number: int = 40
    items: int = 500
    depth: int = 32

    def __post_init__(self) -> None:
        """Refuse bounds that are no positive integers."""
        for name in ("string", "number", "items", "depth"):
            _check_integer(name, getattr(self, name), 1, "JSONBounds")


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """What one request asks for beside its prompt and its policy.

    Attributes:
        max_new_tokens: Most tokens to write, the stop token included; None for the rest of the context.
        stop_token_ids: Token ids that end the text, in addition to the checkpoint's own.
        stop_strings: Strings that end the text and are cut off it.
        temperature: 0 for greedy decoding, above 0 to sample.
        top_p: Sample from the smallest set of tokens with this probability together, in (0, 1].
        top_k: Sample from this many most likely tokens; 0 for all of them.
        min_p: Leave out tokens less likely than this share of the most likely one's probability, in [0, 1];
            0 for none. Temperature, top_k, top_p and min_p are applied in this order, as transformers does.
        seed: The same seed gives the same text, whatever else runs; None for a fresh one.
        logprobs: Report each token's log-probability, and those of this many most likely tokens in its
            place, 0 to 20 (`PassEvent.logprobs`); None for none.
        reuse_prefix: Whether the prompt's beginning may be read from what earlier requests computed, and
            what this one computes be kept for later ones.
        json_bounds: How long the parts of a constrained answer may grow.
    """

    max_new_tokens: int | None = None
    stop_token_ids: tuple[int, ...] = ()
    stop_strings: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    seed: int | None = None
    logprobs: int | None = None
    reuse_prefix: bool = True
    json_bounds: JSONBounds = JSONBounds()

    def __post_init__(self) -> None:
        """Refuse impossible values."""
        owner = "GenerationOptions"
        _check_number(owner, "temperature", self.temperature, 0.0, 100.0, open_low=False)
        _check_number(owner, "top_p", self.top_p, 0.0, 1.0, open_low=True)
        _check_integer("top_k", self.top_k, 0)
        _check_number(owner, "min_p", self.min_p, 0.0, 1.0, open_low=False)
        if self.max_new_tokens is not None:
            _check_integer("max_new_tokens", self.max_new_tokens, 1)
        if self.seed is not None:
            _check_integer("seed", self.seed, None)
        if self.logprobs is not None:
            _check_number(owner, "logprobs", self.logprobs, 0, MAX_LOGPROBS, open_low=False)
            _check_integer("logprobs", self.logprobs, 0)
        if isinstance(self.stop_strings, str) or not all(isinstance(s, str) and s for s in self.stop_strings):
            raise ConfigError(
                f"{owner}(stop_strings={self.stop_strings!r}): give a tuple of non-empty strings, "
                "for example stop_strings=('Observation:',)."
            )
        for token_id in self.stop_token_ids:
            _check_integer("stop_token_ids", token_id, 0)

    @property
    def filters(self) -> bool:
        """Whether top_k, top_p or min_p leaves tokens out."""
        return self.top_k > 0 or self.top_p < 1 or self.min_p > 0
