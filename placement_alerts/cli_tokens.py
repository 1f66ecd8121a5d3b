"""`placement-alerts token` and `vapid`: the keys of the HTTP API and of web push."""

from typing import Annotated, Any

import typer

from placement_alerts import cli_show, oneshot_tokens
from placement_alerts.cli_options import AsJson, ConfigFile, finish, settings, show_result
from placement_alerts.core.timetable import show_moment
from placement_alerts.core.token import LONGEST_DAYS, USUAL_DAYS, ApiToken, Scope

app = typer.Typer(help="Tokens of the HTTP API.", no_args_is_help=True)

Days = Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="The token ends after so many days.")]


@app.command("create")
def token_create(
    label: Annotated[str, typer.Argument(help="Whose it is and for what, to know it again.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; may be given several times.")] = None,
    days: Days = USUAL_DAYS,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and show it, once: only its hash is kept. Without --scope it may read notices."""
    scopes = scope or [Scope.NOTICES_READ]
    plain, token = finish(oneshot_tokens.create_token(settings(config).config, label, scopes, days))
    show_result(as_json, {"token": plain, **_json(token)}, lambda _: typer.echo(plain))
    if not as_json:
        typer.echo(f"{token.id}, until {show_moment(token.expires_at)}; it is not shown again", err=True)


@app.command("list")
def token_list(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """List every token with its scopes, expiry and last use."""
    found = finish(oneshot_tokens.list_tokens(settings(config).config))
    show_result(as_json, [_json(token) for token in found], lambda _: cli_show.tokens(found))


@app.command("revoke")
def token_revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="See `token list`.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    found = finish(oneshot_tokens.revoke_token(settings(config).config, token))
    show_result(as_json, {"revoked": found.id}, lambda _: typer.echo(f"{found.id}: revoked"))


def vapid(
    new: Annotated[bool, typer.Option("--new", help="Another key, although one is set.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the key pair of web push, or show the public half of the one that is set.

    Browsers bind a subscription to the key: with another one every student has to subscribe again.
    """
    from placement_alerts.channels.webpush.vapid import load_key, new_key

    held = settings(config).config.webpush.vapid_private_key.get_secret_value()
    if held and not new:
        public = load_key(held).public
        show_result(as_json, {"public_key": public}, lambda _: typer.echo(public))
        if not as_json:
            typer.echo("a key is set already; --new makes another, and every browser must subscribe again", err=True)
        return
    private, public = new_key()
    shown = {"private_key": private, "public_key": public}
    show_result(as_json, shown, lambda _: typer.echo(f"PLACEMENT_ALERTS__WEBPUSH__VAPID_PRIVATE_KEY={private}"))
    if not as_json:
        contact = "PLACEMENT_ALERTS__WEBPUSH__SUBJECT=mailto:OFFICE@YOUR.COLLEGE"
        typer.echo(f"put this line into .env with {contact}, and keep a copy: it cannot be made again", err=True)


def _json(token: ApiToken) -> dict[str, Any]:
    return token.model_dump(mode="json", exclude={"hash"})
