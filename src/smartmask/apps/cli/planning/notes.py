"""What `smartmask plan` says of a prompt that was not kept, so that no wish is dropped silently."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.scene.layout import Layout


def notes_on(prompt: str, layout: "Layout") -> list[str]:
    """Wishes that a finished scene does not fulfil, a sentence each."""
    from smartmask.evaluation.plan_prompts import StatedRelation, keeps
    from smartmask.language.prompt_reader import read_scene_prompt
    from smartmask.language.scene_prompts import missing_things
    from smartmask.language.scene_words import canonical

    said = read_scene_prompt(prompt)
    notes = []
    foreign = [item.label for item in said.named if not item.label.isascii()]
    if foreign:
        notes.append(f"the embedded planner reads English; {foreign[0]!r} was taken for the name of a thing")
    left = sum(count for _, count in missing_things(said, layout.labels))
    if left:
        notes.append(
            f"{left} of the things that were named did not come; raise --steps, or try another --seed"
        )
    there = {canonical(label) for label in layout.labels}
    for label in said.absent:
        if canonical(label) in there:
            notes.append(f"{label!r} was both asked for and ruled out; it is there")
    for relation in said.relations:
        stated = StatedRelation(
            relation.kind,
            said.named[relation.subject].label,
            tuple(said.named[number].label for number in relation.references),
        )
        if {canonical(label) for label in (stated.subject, *stated.references)} <= there and not keeps(
            stated, layout
        ):
            told = " ".join([stated.kind, " and ".join(stated.references)]).strip()
            notes.append(f"{stated.subject!r} did not come {told!r}; say it otherwise, or try another --seed")
    return notes
