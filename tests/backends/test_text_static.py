from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.backends.text_static import FORMAT_VERSION, UNKNOWN_TOKEN, StaticTextEncoder
from smartmask.errors import CheckpointError
from smartmask.protocols import TextEncoder
from smartmask.weights import WEIGHTS

TOKENS = [
    UNKNOWN_TOKEN,
    "dog",
    "do",
    "##gs",
    "##g",
    "a",
    "red",
    "cafe",
    "-",
    "'",
    "##'",
    "狗",
    "s",
    "##s",
    ".",
    "a\u03c3",
    "ß",
]
WIDTH = 6


def write(
    path: Path, version: int = FORMAT_VERSION, tokens: list[str] = TOKENS, rows: int | None = None
) -> Path:
    table = np.random.default_rng(0).standard_normal((rows or len(tokens), WIDTH)).astype(np.float16)
    np.savez(path, version=version, table=table, tokens=np.frombuffer("\n".join(tokens).encode(), np.uint8))
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> StaticTextEncoder:
    return StaticTextEncoder(write(tmp_path_factory.mktemp("text") / "text.npz"))


def test_it_is_a_text_encoder_of_the_tables_width(encoder):
    typed: TextEncoder = encoder
    assert typed.width == WIDTH


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("a red dog", ["a", "red", "dog"], id="known words"),
        pytest.param("  A\tRED\nDoG ", ["a", "red", "dog"], id="case and white space do not matter"),
        pytest.param("Café", ["cafe"], id="nor do accents"),
        pytest.param("dogs", ["dog", "##s"], id="the longest beginning of a word comes first"),
        pytest.param("red-dog's", ["red", "-", "dog", "'", "s"], id="punctuation stands alone"),
        pytest.param("狗a", ["狗", "a"], id="so does a Chinese character"),
        pytest.param("dogcat red", [UNKNOWN_TOKEN, "red"], id="a word with an unknown part is unknown"),
        pytest.param("do\u200bg", ["dog"], id="control characters vanish"),
        pytest.param("", [], id="nothing gives nothing"),
    ],
)
def test_tokens(encoder, text, tokens):
    assert encoder.tokens(text) == tokens


@given(st.lists(st.sampled_from(["dog", "a red dog", "xyz", "", "a xyz"]), max_size=5))
def test_a_row_has_unit_length_or_is_zero_where_no_word_is_known(encoder, texts):
    rows = encoder.encode(texts)
    assert rows.shape == (len(texts), WIDTH)
    assert rows.dtype == np.float32
    expected = [0.0 if text in ("", "xyz") else 1.0 for text in texts]
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), expected, atol=1e-6)


def test_unknown_words_do_not_turn_the_vector(encoder):
    known, mixed = encoder.encode(["red", "xyz red xyz"])
    assert np.array_equal(known, mixed)


def test_a_text_has_the_same_row_in_every_company_even_after_a_caller_wrote_into_one(encoder):
    alone = encoder.encode(["dog"])
    alone[:] = 9
    again = encoder.encode(["red", "dog", "a"])[1]
    assert np.linalg.norm(again) == pytest.approx(1)


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(CheckpointError, match=r"text\.npz: missing or damaged table"):
        StaticTextEncoder(tmp_path / "text.npz")


def test_a_damaged_file_is_an_error_that_names_it(tmp_path):
    path = write(tmp_path / "text.npz")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(CheckpointError, match=r"text\.npz: missing or damaged table"):
        StaticTextEncoder(path)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"version": FORMAT_VERSION + 1}, id="another version"),
        pytest.param({"rows": len(TOKENS) - 1}, id="fewer rows than tokens"),
    ],
)
def test_a_file_of_another_form_is_an_error_that_says_what_was_expected(tmp_path, wrong):
    with pytest.raises(CheckpointError, match=f"expected version {FORMAT_VERSION} with a row a token"):
        StaticTextEncoder(write(tmp_path / "text.npz", **wrong))


@pytest.mark.parametrize(
    "alphabet",
    [
        pytest.param("adgors .'-", id="words near the vocabulary"),
        pytest.param("aDé狗\u0301\u200b\t\x00ßΣ…\uff08x", id="accents, scripts and controls"),
    ],
)
def test_random_texts_are_split_as_by_the_tokenizers_package(encoder, alphabet):
    tokenizers = pytest.importorskip("tokenizers", reason="the reference is the tokenizers package")
    model = tokenizers.models.WordPiece(
        {token: row for row, token in enumerate(TOKENS)}, unk_token=UNKNOWN_TOKEN
    )
    reference = tokenizers.Tokenizer(model)
    reference.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    reference.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    rng = np.random.default_rng(0)
    for _ in range(300):
        text = "".join(rng.choice(list(alphabet), rng.integers(0, 14)))
        assert encoder.tokens(text) == reference.encode(text).tokens, repr(text)


def test_shipped_words_of_near_meaning_have_near_vectors():
    dog, puppy, sofa, couch = StaticTextEncoder(WEIGHTS / "text.npz").encode(
        ["dog", "puppy", "sofa", "couch"]
    )
    assert dog @ puppy > dog @ sofa + 0.2
    assert sofa @ couch > sofa @ dog + 0.2
