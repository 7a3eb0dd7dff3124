"""`python -m clinxai_teach doctor`: the same as `clinxai doctor`, also where the command is not on the PATH."""

import sys


def main() -> None:
    """Run the command line; where typer is missing, which it needs, run the doctor, who can say so."""
    try:
        from clinxai_teach.cli import app
    except ModuleNotFoundError:
        from clinxai_teach.doctor import diagnose, exit_code, report

        results = diagnose()
        print(report(results))
        sys.exit(exit_code(results))
    app(prog_name="clinxai")


if __name__ == "__main__":
    main()
