"""What a browser gets from the server, and what nobody gets."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from interviewkit.serve import instance, outbox, peers, sitting
from interviewkit.serve.sitting import Close
from tests.unit.served import Served, serving

PATHS = ("/", "/page/page.js", "/page/page.css", "/static/js/textual.js", "/download/x", "/nothing")


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as running:
        yield running


async def gone(process: int) -> None:
    """Until there is no such process."""
    while Path(f"/proc/{process}").exists() if Path("/proc/self").exists() else _lives(process):
        await asyncio.sleep(0.01)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


# ── the address that opens once ─────────────────────────────────────────────────────────────────


async def test_an_address_opens_once_and_leaves_no_token_behind(served: Served) -> None:
    address = served.site.door.invite()
    async with served.browser(let_in=False) as first, served.browser(let_in=False) as second:
        async with first.session.get(address) as answer:
            page = await answer.text()
            cookie = answer.headers.getall("Set-Cookie")
        assert answer.status == 200
        assert 'content="0; url=/"' in page
        assert len(cookie) == 1
        assert re.fullmatch(
            rf"interviewkit-{served.port}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=Strict", cookie[0]
        )
        assert (await first.get("/"))[0] == 200
        status, page = await second.get(address.removeprefix(served.url))
        assert status == 403
        assert "interviewkit serve" in page
        assert (await second.get("/"))[0] == 403


async def test_who_is_in_may_click_the_address_again(served: Served) -> None:
    async with served.browser() as browser, served.browser(let_in=False) as other:
        unused = served.site.door.invite().removeprefix(served.url)
        assert (await browser.get("/open/anything"))[0] == 200
        assert (await browser.get(unused))[0] == 200
        assert (await other.get(unused))[0] == 200


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "%00", "..%2f..%2fetc"])
async def test_a_wrong_token_is_refused(served: Served, token: str) -> None:
    served.site.door.invite()
    async with served.browser(let_in=False) as browser:
        assert (await browser.get(f"/open/{token}"))[0] in (403, 404)
        assert len(browser.session.cookie_jar) == 0


async def test_looking_ahead_does_not_use_an_address_up(served: Served) -> None:
    path = served.site.door.invite().removeprefix(served.url)
    async with served.browser(let_in=False) as browser:
        assert (await browser.get(path, **{"Sec-Purpose": "prefetch;prerender"}))[0] == 403
        async with browser.session.head(path) as answer:
            assert answer.status == 405
        assert (await browser.get(path))[0] == 200


async def test_a_program_of_the_same_user_gets_a_new_address(served: Served) -> None:
    key = served.site.door.key
    async with served.browser(let_in=False) as browser:
        for headers in ({}, {"Authorization": "x"}, {"Authorization": key, "Origin": served.url}):
            async with browser.session.post("/address", headers=headers) as answer:
                assert answer.status == 403
        async with browser.session.post("/address", headers={"Authorization": key}) as answer:
            address = (await answer.json())["address"]
        assert (await browser.get(address.removeprefix(served.url)))[0] == 200


# ── the guard ───────────────────────────────────────────────────────────────────────────────────


async def test_nothing_is_served_without_a_session(served: Served) -> None:
    async with served.browser(let_in=False) as browser:
        for path in PATHS:
            status, page = await browser.get(path)
            assert status == 403
            assert "Please open interviewkit first" in page
        async with browser.session.post("/seat", data="{}", headers={"Origin": served.url}) as answer:
            assert answer.status == 403
        ticket = await served.site.seat.take("x")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await browser.connect(str(ticket))
        browser.session.cookie_jar.update_cookies({f"interviewkit-{served.port}": "x" * 43})
        assert (await browser.get("/"))[0] == 403


async def test_with_a_session_it_is_served(served: Served) -> None:
    async with served.browser() as browser:
        assert {path: (await browser.get(path))[0] for path in PATHS} == {
            **dict.fromkeys(PATHS[:4], 200),
            **dict.fromkeys(PATHS[4:], 404),
        }
        for outside in ("/page/../site.py", "/page/%2e%2e/site.py", "/static/..%2fserver.py", "/static/"):
            status, page = await browser.get(outside)
            assert status in (403, 404)
            assert "import" not in page


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]:{port}", ""]
)
async def test_another_name_is_refused(served: Served, host: str) -> None:
    headers = {"Host": host.format(port=served.port)}
    async with served.browser() as browser:
        address = served.site.door.invite().removeprefix(served.url)
        for path in ("/", "/page/page.js", address):
            assert (await browser.get(path, **headers))[0] in (400, 403)
        assert (await browser.get(address))[0] == 200


async def test_localhost_is_this_computer_too(served: Served) -> None:
    async with served.browser(let_in=False) as browser:
        here = f"http://localhost:{served.port}"
        token = served.site.door.invite().rpartition("/")[2]
        assert (await browser.get(f"/open/{token}", Host=f"localhost:{served.port}"))[0] == 200
        async with browser.session.post(
            "/seat", data='{"tab": "1"}', headers={"Origin": here, "Host": f"localhost:{served.port}"}
        ) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", "http://127.0.0.1:1", "https://{host}"]
)
async def test_a_page_of_somebody_else_is_refused(served: Served, origin: str) -> None:
    headers = {"Origin": origin.format(host=f"127.0.0.1:{served.port}")}
    async with served.browser() as browser:
        async with browser.session.post("/seat", data='{"tab": "1"}', headers=headers) as answer:
            assert answer.status == 403
        ticket = await browser.take("1")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await browser.connect(str(ticket), headers["Origin"])
        assert (await browser.get("/", **headers))[0] == 403


async def test_a_websocket_has_to_say_where_it_comes_from(served: Served) -> None:
    async with served.browser() as browser:
        ticket = await browser.take("1")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await browser.session.ws_connect(f"/ws/{ticket}")
        async with browser.session.post("/seat", data='{"tab": "1"}') as answer:
            assert answer.status == 403


async def test_another_account_is_refused_whatever_it_brings(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served.browser() as browser:
        monkeypatch.setattr(peers, "is_strangers", lambda peer, here: here[1] == served.port)
        path = served.site.door.invite().removeprefix(served.url)
        assert (await browser.get("/"))[0] == 403
        assert (await browser.get(path))[0] == 403
        monkeypatch.undo()
        assert (await browser.get(path))[0] == 200


async def test_every_answer_tells_the_browser_to_keep_to_itself(served: Served) -> None:
    async with served.browser() as browser:
        for path in (*PATHS, "/open/x"):
            for host in ({}, {"Host": "evil.example"}):
                async with browser.session.get(path, headers=host) as answer:
                    headers = answer.headers
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Referrer-Policy"] == "no-referrer"
                assert headers["Cache-Control"] == "no-store"
                assert headers["X-Frame-Options"] == "DENY"
                policy = dict(
                    part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
                )
                assert policy["default-src"] == "'none'"
                assert policy["script-src"] == "'self'"
                assert policy["frame-ancestors"] == "'none'"
                sources = {source for kinds in policy.values() for source in kinds.split()}
                assert {s for s in sources if not s.startswith("'")} == {
                    "data:",
                    f"ws://127.0.0.1:{served.port}",
                    f"ws://localhost:{served.port}",
                }


async def test_no_page_names_another_computer(served: Served) -> None:
    async with served.browser() as browser:
        for path in ("/", "/open/x", "/nothing", "/page/page.js", "/page/page.css", "/static/css/xterm.css"):
            page = (await browser.get(path))[1]
            named = set(
                re.findall(
                    r"(?:https?:)?//([\w.-]+)[^\s]*",
                    re.sub(r"/\*.*?\*/|^\s*//.*", "", page, flags=re.S | re.M),
                )
            )
            assert named <= {"www.w3.org"}, path


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", "\udc80".encode("utf-8", "surrogatepass")])
async def test_nonsense_gets_no_seat(served: Served, body: str | bytes) -> None:
    async with (
        served.browser() as browser,
        browser.session.post("/seat", data=body, headers={"Origin": served.url}) as answer,
    ):
        assert answer.status == 400


# ── one tab at a time ───────────────────────────────────────────────────────────────────────────


async def test_keys_and_sizes_arrive(served: Served) -> None:
    async with served.browser() as browser:
        seated = await browser.sit("a")
        await seated.send("stdin", "ë")
        assert await seated.hear() == "key ë"
        await seated.send("stdin", "\x1b")
        assert await seated.hear() == "key \x1b[27u"
        await seated.send("resize", {"width": 5000, "height": 40})
        assert json.loads((await seated.hear())[5:]) == {"type": "resize", "width": 1000, "height": 40}
        for nonsense in ('{"a": 1}', "[]", "1", "x", '["stdin"]', '["stdin", 3]', '["resize", {}]'):
            await seated.websocket.send_str(nonsense)
        await seated.websocket.send_bytes(b"x")
        await seated.websocket.send_str('["stdin", "\\ud83d"]')
        assert await seated.hear() == "key ?"
        await seated.send("focus")
        assert json.loads((await seated.hear())[5:]) == {"type": "focus"}
        await seated.websocket.close()
        await gone(seated.process)


async def test_a_ticket_is_for_one_websocket(served: Served) -> None:
    async with served.browser() as browser:
        old, ticket = await browser.take("a"), await browser.take("a")
        for wrong in (str(old), "x", "%C3%A4"):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await browser.connect(wrong)
        websocket = await browser.connect(str(ticket))
        assert (await websocket.receive_bytes()).startswith(b"app ")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await browser.connect(str(ticket))
        await websocket.close()


async def test_a_second_tab_gets_the_app_when_it_insists(served: Served) -> None:
    async with served.browser() as browser:
        first = await browser.sit("a")
        assert await browser.take("b") is None
        await first.send("stdin", "still here")
        assert await first.hear() == "key still here"
        second = asyncio.create_task(browser.sit("b", insist=True))
        assert await first.closed() == Close.MOVED
        seated = await second
        assert seated.process != first.process
        await gone(first.process)
        assert await browser.take("a") is None
        await seated.websocket.close()


async def test_a_tab_that_is_loaded_again_gets_its_seat_back(served: Served) -> None:
    async with served.browser() as browser:
        first = await browser.sit("a")
        # The new page asks before the old one's connection is gone.
        again = asyncio.create_task(browser.sit("a"))
        assert await first.closed() == Close.MOVED
        await gone(first.process)
        await (await again).websocket.close()


async def test_a_closed_tab_ends_its_app_and_frees_the_seat(served: Served) -> None:
    async with served.browser() as browser:
        first = await browser.sit("a")
        await first.websocket.close()
        await gone(first.process)
        second = await browser.sit("b")
        await second.websocket.close()


async def test_a_connection_that_breaks_ends_its_app_too(served: Served) -> None:
    async with served.browser() as browser:
        first = await browser.sit("a")
    await gone(first.process)


async def test_an_app_that_is_quit_says_so(served: Served) -> None:
    async with served.browser() as browser:
        seated = await browser.sit("a")
        await seated.send("stdin", "quit")
        assert await seated.closed() == Close.LEFT


async def test_an_app_that_fails_has_its_last_words_shown(served: Served) -> None:
    async with served.browser() as browser:
        seated = await browser.sit("a")
        await seated.send("stdin", "fail")
        assert json.loads(await seated.websocket.receive_str()) == ["said", "It could not go on."]
        assert await seated.closed() == Close.LEFT


async def test_an_app_that_hangs_is_ended_by_force(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "PATIENCE_S", 0.2)
    async with served.browser() as browser:
        seated = await browser.sit("a")
        await seated.send("stdin", "hang")
        await seated.websocket.close()
        await gone(seated.process)
        await (await browser.sit("b")).websocket.close()


async def test_the_end_of_the_server_ends_the_app_and_tells_the_tab() -> None:
    async with aiohttp.ClientSession(), serving() as served, served.browser() as browser:
        seated = await browser.sit("a")
        ending = asyncio.create_task(served.site.seat.close())
        assert await seated.closed() == Close.GOING_AWAY
        await ending
        await gone(seated.process)


async def drops(served: Served) -> None:
    """Until output is dropped."""
    waiting = served.site.seat._sitting
    assert waiting is not None
    while not waiting._outbox._stale:
        await asyncio.sleep(0.01)


async def test_a_tab_that_sleeps_does_not_hold_the_app_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LIMIT_BYTES", 1024**2)
    monkeypatch.setattr(sitting, "HANG_UP_S", 0.2)
    async with served.browser() as browser, served.browser() as other:
        seated = await browser.sit("a")
        # 64 MiB, more than sockets hold, and nobody reads.
        await seated.send("stdin", "draw 1024")
        await drops(served)
        heard: list[str] = []
        while not heard or not heard[-1].startswith("meta "):
            heard.append(await seated.hear())
        # It drew all of it without waiting, most was dropped, and it is asked to draw anew.
        assert json.loads(heard[-1][5:]) == {"type": "repaint"}
        assert len(heard) < 1024
        await seated.send("stdin", "and on")
        assert await seated.hear() == "key and on"

        await seated.send("stdin", "draw 1024")
        await drops(served)
        second = await other.sit("b", insist=True)
        await gone(seated.process)
        await second.websocket.close()
