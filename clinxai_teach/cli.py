"""The command `clinxai`."""

import typer

from clinxai_teach import doctor as checks

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """ClinXAI Teach: a course on interpretability and uncertainty in clinical AI."""
    # With this callback `doctor` stays a word to type, although it is the only command so far.


@app.command()
def doctor() -> None:
    """Check this computer for the course; say what to do."""
    typer.echo("Checking. The first time this can take a minute.\n")
    results = checks.diagnose()
    typer.echo(checks.report(results))
    raise typer.Exit(checks.exit_code(results))
