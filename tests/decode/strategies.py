"""What Hypothesis draws: prompts and policies, over one model per architecture."""

from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, Static, Verified
from mtp_model.decode import Decoder
from tests.decode.tiny import ARCHITECTURES, MASK, checkpoint

CHECKPOINTS = {name: checkpoint(name, words=4, sharpness=5.0, seed=1) for name in ARCHITECTURES}
DECODERS = {name: Decoder(one) for name, one in CHECKPOINTS.items()}

prompts = st.lists(st.integers(0, MASK - 1), min_size=1, max_size=12)
policies = st.one_of(
    st.integers(1, 9).map(Static),
    st.builds(ConfAdapt, st.floats(0.01, 1.0), st.integers(1, 16)),
    st.builds(Verified, st.integers(1, 16), st.floats(0.0, 1.0)),
)
