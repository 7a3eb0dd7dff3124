"""`python -m clinxai_teach doctor`: the same as `clinxai doctor`, also where the command is not on the PATH."""

import sys

try:
    from clinxai_teach.cli import app
except ModuleNotFoundError:
    # The command line needs typer. Where typer is missing, the doctor is the one who can say so.
    from clinxai_teach.doctor import diagnose, exit_code, report

    def app(prog_name):
        results = diagnose()
        print(report(results))
        sys.exit(exit_code(results))


if __name__ == "__main__":
    app(prog_name="clinxai")
