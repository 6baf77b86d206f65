"""Words to the tokens that Stable Diffusion's cross-attention reads, by the checkpoint's own CLIP."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformers import CLIPTextModel, PreTrainedTokenizerBase


class ClipTexts:
    """CLIP's text encoder, frozen, with its tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, encoder: CLIPTextModel) -> None:
        """Take both; the encoder is not trained."""
        self.tokenizer = tokenizer
        self.encoder = encoder.requires_grad_(False)
        self.encoder.train(False)

    def tokens(self, ids: Int[Tensor, "N L"]) -> Float[Tensor, "N L D"]:
        """The last hidden states, after CLIP's final norm: what Stable Diffusion was trained with."""
        with torch.no_grad():
            states: Tensor = self.encoder(ids).last_hidden_state
            return states


def token_ids(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> Int[Tensor, "N L"]:
    """Token numbers, filled up to CLIP's length; "" stands for no text, as in Stable Diffusion.

    A text that is too long is cut: captions of training scenes may be.
    """
    found = tokenizer(
        list(texts),
        padding="max_length",
        max_length=tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    )
    ids: Tensor = found.input_ids
    return ids
