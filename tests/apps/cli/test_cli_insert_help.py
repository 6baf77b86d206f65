"""What `smartmask insert --help` says."""

from pathlib import Path

from smartmask.apps.cli.insertion.insert import insert
from smartmask.pipelines.insertion.insert import InsertSettings
from smartmask.pipelines.suggest import MAX_SUGGESTIONS


def test_help_is_as_agreed(run):
    """After a wanted change: `COLUMNS=80 smartmask insert --help > tests/golden/help_insert.txt`."""
    code, out, err = run("insert", "--help")
    assert (code, err) == (0, "")
    assert out == (Path(__file__).parents[2] / "golden" / "help_insert.txt").read_text()


def test_help_text_and_library_agree_on_limits_and_defaults():
    options = {parameter.name: parameter for parameter in insert.params}
    assert options["n"].type.max == MAX_SUGGESTIONS
    for name in ("grow_px", "feather_px", "padding_px"):
        assert options[name].default == getattr(InsertSettings(), name)
