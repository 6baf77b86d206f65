"""Inpainters by description: one line of text that says all, so that a history can hold it.

    reference:dog.png                                       the user's own cut-out, no weights
    reference:dog.png?shadow=0&colour=0.3                   the same for what flies, its colours kept more
    reference:dog.png?grain=0                               the same, as crisp and clean as it is
    diffusers:stable-diffusion-v1-5/stable-diffusion-inpainting?steps=20
    diffusers:models/sd15?controlnet=lllyasviel/control_v11p_sd15_inpaint&device=cuda&dtype=float16

Options follow a question mark as in a web address; blanks and signs in their values are escaped as there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from smartmask.arguments import check_text
from smartmask.protocols import Inpainter

_REFERENCE: Mapping[str, Callable[[str], Any]] = {
    "colour": float,
    "shadow": float,
    "grain": float,
}
_DRAWING: Mapping[str, Callable[[str], Any]] = {
    "steps": int,
    "cfg_scale": float,
    "strength": float,
    "negative_prompt": str,
    "control_scale": float,
}
_LOADING: Mapping[str, Callable[[str], Any]] = {
    "controlnet": str,
    "control": str,
    "device": str,
    "dtype": str,
}
_KINDS: Mapping[str, Mapping[str, Callable[[str], Any]]] = {
    "reference": _REFERENCE,
    "diffusers": {**_DRAWING, **_LOADING},
}


@dataclass(frozen=True, slots=True)
class Description:
    """A description taken apart.

    Attributes:
        kind: "reference" or "diffusers".
        source: A cut-out's file, or a checkpoint's folder or name on the hub.
        options: What follows the question mark.
    """

    kind: str
    source: str
    options: Mapping[str, Any]


def load_inpainter(description: str, controlnet: str | None = None) -> Inpainter:
    """The inpainter of a description.

    Args:
        description: "reference:CUTOUT.png" or "diffusers:FOLDER_OR_HUB_NAME", with options or without.
        controlnet: The same as the option of that name.

    Raises:
        ValueError: If the description is malformed, or an option is unknown or out of range.
        ImageError: If a cut-out cannot be used.
        BackendError: If a checkpoint, or the packages for it, cannot be had.
    """
    check_text("description", description)
    if controlnet is not None:
        check_text("controlnet", controlnet)
    found = parse_description(with_controlnet(description, controlnet))
    if found.kind == "reference":
        from smartmask.compositing.reference_composite import ReferenceComposite

        return ReferenceComposite(found.source, **found.options)
    return _diffusers(found)


def parse_description(description: str) -> Description:
    """Take a description apart.

    Raises:
        ValueError: If it is malformed, or an option is unknown, given twice or no number where one is needed.
    """
    kind, colon, rest = description.partition(":")
    source, _, query = rest.partition("?")
    if not colon or kind not in _KINDS or not source:
        raise ValueError(
            f"inpainter {description!r}: expected reference:CUTOUT.png or diffusers:FOLDER_OR_HUB_NAME"
        )
    options: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in _KINDS[kind] or name in options:
            fault = "is given twice" if name in options else f"is none of {', '.join(_KINDS[kind])}"
            raise ValueError(f"inpainter {description!r}: option {name!r} {fault}")
        try:
            options[name] = _KINDS[kind][name](text)
        except ValueError as error:
            raise ValueError(f"inpainter {description!r}: {name} must be a number, not {text!r}") from error
    return Description(kind, source, options)


def with_controlnet(description: str, controlnet: str | None) -> str:
    """The description with a ControlNet among its options.

    >>> with_controlnet("diffusers:sd15?steps=20", "nets/inpaint")
    'diffusers:sd15?steps=20&controlnet=nets/inpaint'
    """
    if controlnet is None:
        return description
    return f"{description}{'&' if '?' in description else '?'}controlnet={quote(controlnet)}"


def below(folder: Path, description: str) -> str:
    """The description with a relative cut-out taken to lie in a folder."""
    kind, colon, rest = description.partition(":")
    return f"{kind}{colon}{folder / rest}" if kind == "reference" else description


def _diffusers(found: Description) -> Inpainter:
    from smartmask.backends.inpaint_diffusers import InpaintSettings, load_diffusers_inpainter
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.weights import WEIGHTS

    settings = InpaintSettings(**{name: found.options[name] for name in _DRAWING if name in found.options})
    loading = {name: found.options[name] for name in _LOADING if name in found.options}
    encoder = StaticTextEncoder(WEIGHTS / "text.npz") if "controlnet" in loading else None
    return load_diffusers_inpainter(found.source, settings=settings, encoder=encoder, **loading)
