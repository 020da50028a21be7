"""A command line that can't be understood, answered in one line that says what to write instead.

click.UsageError ── line ─► "Error: --by NAME is missing (who does it). Write: interviewkit … --by NAME"
"""

import shlex

import click


def line(error: click.ClickException) -> str:
    """What is wrong with what was typed, and what would be right."""
    told = f"Error: {error.format_message()}"
    if not isinstance(error, click.UsageError):
        return told
    if error.ctx is None:
        return f"{told} Write it right after the option, or leave both out." if _valueless(error) else told
    if isinstance(error, click.MissingParameter):
        return _missing(error.ctx)
    return f"{told} See: {error.ctx.command_path} --help"


def _valueless(error: click.UsageError) -> bool:
    """Whether an option stands there without what belongs to it."""
    return isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message


def _missing(ctx: click.Context) -> str:
    """All that is missing at once: what was given is known by now."""
    required = [param for param in ctx.command.params if param.required]
    missing = [param for param in required if ctx.params.get(param.name or "") is None]
    names = ", ".join(f"{_shape(param, ctx)}{_about(param)}" for param in missing)
    whole = " ".join([ctx.command_path, *(_written(param, ctx) for param in required)])
    return f"Error: {'This is' if len(missing) == 1 else 'These are'} missing: {names}. Write: {whole}"


def _written(param: click.Parameter, ctx: click.Context) -> str:
    """A parameter with what was given for it, or with what stands for it."""
    value = ctx.params.get(param.name or "")
    if value is None or (isinstance(param, click.Option) and param.is_flag):
        return _shape(param, ctx)
    given = shlex.quote(str(value))
    return given if isinstance(param, click.Argument) else f"{param.opts[-1]} {given}"


def _shape(param: click.Parameter, ctx: click.Context) -> str:
    """How it is written: `--by NAME`, `--erase|--keep`, `PARTICIPANT`."""
    metavar = param.make_metavar(ctx)
    if isinstance(param, click.Argument):
        return metavar
    if isinstance(param, click.Option) and param.is_flag:
        return "|".join([param.opts[-1], *param.secondary_opts])
    return f"{param.opts[-1]} {metavar}"


def _about(param: click.Parameter) -> str:
    help_ = (param.help or "").rstrip(".") if isinstance(param, click.Option) else ""
    return f" ({help_[:1].lower()}{help_[1:]})" if help_ else ""
