"""The command `clinxai`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from clinxai_teach import doctor as checks
from clinxai_teach.classroom.commands import app as classroom

if TYPE_CHECKING:
    from clinxai_teach.resume import Stand

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(classroom, name="class")
progress = typer.Typer(no_args_is_help=True, help="Your own record: what is right, hints used, where to go on.")
app.add_typer(progress, name="progress")
questions = typer.Typer(no_args_is_help=True, help="For teachers: the questions for a learning platform.")
app.add_typer(questions, name="questions")


@app.callback()
def main() -> None:
    """ClinXAI Teach: a course on interpretability and uncertainty in clinical AI."""


@app.command()
def doctor() -> None:
    """Check this computer for the course; say what to do."""
    typer.echo("Checking. The first time this can take a minute.\n")
    results = checks.diagnose()
    typer.echo(checks.report(results))
    raise typer.Exit(checks.exit_code(results))


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(help="Where the built website lies.")] = Path("site"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Show a built copy of the website to this computer only."""
    from clinxai_teach.website import address_of, serve, server_of

    try:
        server = server_of(folder, port)
    except OSError as error:
        _stop(str(error))
    typer.echo(f"The course is at {address_of(server)} for this computer only. Ctrl+C ends it.")
    serve(server, open_browser=browser)


# What a command needs is imported within it: the doctor must answer also where a package is missing.


@progress.command()
def show() -> None:
    """Print how many exercises of each section are right, where to go on, and which checklists are kept."""
    from clinxai_teach.checklist import QUESTIONS
    from clinxai_teach.checklist.kept import kept_checklists
    from clinxai_teach.progress import shown

    typer.echo(_stand().to_text())
    for file, checklist in kept_checklists().items():
        answered = f"{len(checklist.answers)} of {len(QUESTIONS)} answers"
        typer.echo(f"Checklist {shown(checklist.tool)}: {answered}, in {shown(file)}")


@progress.command()
def export(file: Annotated[Path, typer.Argument(help="A new file; its name ends in .csv or .json.")]) -> None:
    """Write a line for each exercise into a new file, for yourself or for a teacher."""
    from clinxai_teach.progress import shown

    stand = _stand()
    if file.suffix not in (".csv", ".json"):
        _stop(f"The file must end in .csv or .json, but got {shown(file)}.")
    try:
        with file.open("x", encoding="utf-8", newline="") as new:
            new.write(stand.to_csv() if file.suffix == ".csv" else stand.to_json())
    except FileExistsError:
        _stop(f"{shown(file)} exists already. Nothing was written; name a new file.")
    except OSError as error:
        _stop(f"{shown(file)} cannot be written: {error.strerror}.")
    typer.echo(f"Written: {shown(file)}")


@progress.command()
def delete(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete your record, also a damaged one, and the checklists that are kept. What is not of this course is left."""
    from clinxai_teach.checklist.kept import kept_checklists, named_like_checklists
    from clinxai_teach.progress import is_ours, place, read, shown

    try:
        record, kept = place(), list(kept_checklists())
    except RuntimeError as error:
        _stop(f"Your progress cannot be read. {error}")
    left = [file for file in named_like_checklists() if file not in kept]
    files = list(kept)
    try:
        if record and read(record):
            files.insert(0, record)
    except (OSError, ValueError):
        assert record
        if is_ours(record):
            typer.echo(f"A part of {shown(record)} is damaged and cannot be read. The file is yours.")
            files.insert(0, record)
        else:
            left.insert(0, record)
    if not files:
        typer.echo("There is no record to delete.")
    elif not yes:
        typer.confirm(f"Delete {' and '.join(map(shown, files))}?", abort=True)
    failed = False
    for file in files:
        try:
            file.unlink()
        except OSError as error:
            failed = True
            typer.echo(f"{shown(file)} cannot be deleted: {error.strerror}.", err=True)
        else:
            typer.echo(f"Deleted: {shown(file)}")
    for file in left:
        typer.echo(f"Left: {shown(file)} cannot be read, and may not be of this course. If it is yours, delete it.")
    if failed or left:
        raise typer.Exit(1)


class Format(StrEnum):
    """The formats of learning platforms."""

    MOODLE = "moodle"
    GIFT = "gift"
    QTI12 = "qti12"
    QTI21 = "qti21"


@questions.command(name="export")
def export_questions(
    to: Annotated[
        Format, typer.Option(help="moodle: XML; gift: Moodle's text; qti12: a zip for Canvas; qti21: a zip.")
    ],
    output: Annotated[Path, typer.Option(help="The new file: .xml, .txt or .zip.")],
    section: Annotated[str | None, typer.Option(help='One section only, such as "18.3".')] = None,
    course: Annotated[Path, typer.Option(help="The folder of the course.")] = Path(),
) -> None:
    """Write every question and closed exercise, with the reason of each answer. The file holds the answers."""
    from importlib import import_module

    from clinxai_teach.lms.items import collect
    from clinxai_teach.progress import shown

    ending = {"moodle": ".xml", "gift": ".txt"}.get(to.value, ".zip")
    if output.suffix.lower() in {".xml", ".txt", ".zip"} - {ending}:
        _stop(f"--output {shown(output)}: {to.value} is a {ending} file. Nothing was written; let its name end so.")
    try:
        items = collect(course, section)
        with output.open("xb") as new:
            new.write(import_module(f"clinxai_teach.lms.{to}").write(items))
    except FileExistsError:
        _stop(f"{shown(output)} exists already. Nothing was written; name a new file.")
    except OSError as error:
        _stop(f"{shown(output)} cannot be written: {error.strerror}.")
    except ValueError as error:
        _stop(str(error))
    typer.echo(f"Written: {len(items)} questions to {shown(output)}")


def _stand() -> "Stand":
    """Return what the record says; where it cannot be read, the command ends with the reason."""
    from clinxai_teach.resume import where_to_resume

    stand = where_to_resume()
    if stand is None:
        raise typer.Exit(1)
    return stand


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
