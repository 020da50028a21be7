import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from interviewkit import processes
from interviewkit.processes import Child

ROOT = Path(__file__).parents[2]
Start = Callable[..., AbstractContextManager[Child]]

LIMIT_S = 30

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches processes as Linux lets it")


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Start]:
    """A module of a few lines that can be run as a child."""

    def made(source: str) -> Start:
        (tmp_path / "kid.py").write_text(source)
        path = os.pathsep.join((str(tmp_path), str(ROOT)))

        def start(*arguments: str, **environment: str) -> AbstractContextManager[Child]:
            return processes.child("kid", *arguments, environment={"PYTHONPATH": path, **environment})

        return start

    return made


@contextmanager
def watched(pid: int) -> Iterator[int]:
    """A descriptor that is ready once the process is gone."""
    watch = os.pidfd_open(pid)
    try:
        yield watch
    finally:
        os.close(watch)


def ends(watch: int) -> bool:
    return bool(select.select([watch], [], [], LIMIT_S)[0])


ECHO = """
import os, sys
sys.stdout.buffer.write(os.environ["GREETING"].encode() + sys.argv[1].encode() + b"\\n")
sys.stdout.flush()
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(line.upper())
    sys.stdout.flush()
"""


def test_a_child_gets_arguments_environment_and_lines(program: Callable[[str], Start]) -> None:
    with program(ECHO)("there", GREETING="hello ") as kid:
        assert kid.receive.readline() == b"hello there\n"
        kid.send.write(b"once more\n")
        kid.send.flush()
        assert kid.receive.readline() == b"ONCE MORE\n"
        assert kid.process.poll() is None
    assert kid.process.returncode == -signal.SIGTERM


def test_a_child_ends_with_its_block_whatever_happens(program: Callable[[str], Start]) -> None:
    def work() -> None:
        with program(ECHO)("", GREETING="") as kid:
            seen.append(kid)
            raise KeyboardInterrupt

    seen: list[Child] = []
    with pytest.raises(KeyboardInterrupt):
        work()
    assert seen[0].process.returncode is not None
    assert seen[0].send.closed
    assert seen[0].receive.closed


def test_a_child_is_not_in_the_terminals_group(program: Callable[[str], Start]) -> None:
    with program(ECHO)("", GREETING="") as kid:
        assert os.getpgid(kid.process.pid) == kid.process.pid != os.getpgid(0)


def test_what_a_child_started_ends_too(program: Callable[[str], Start]) -> None:
    source = """
import subprocess, sys
grandchild = subprocess.Popen([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(600)"],
                              stdout=subprocess.PIPE)
grandchild.stdout.readline()
print(grandchild.pid, flush=True)
sys.stdin.read()
"""
    with ExitStack() as stack:
        with program(source)() as kid:
            watch = stack.enter_context(watched(int(kid.receive.readline())))
        assert ends(watch)


def test_a_child_that_will_not_end_is_killed(
    program: Callable[[str], Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE_S", 0.1)
    source = """
import signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()
"""
    with program(source)() as kid:
        assert kid.receive.readline() == b"deaf\n"
    assert kid.process.returncode == -signal.SIGKILL


def test_the_last_complaints_of_a_child_are_kept(program: Callable[[str], Start]) -> None:
    source = "import sys\nfor n in range(100): print('line', n, file=sys.stderr)\nsys.exit(3)"
    with program(source)() as kid:
        assert kid.process.wait(LIMIT_S) == 3
        lines = kid.complaints.splitlines()
    assert lines == [f"line {n}" for n in range(60, 100)]


def test_a_child_that_complains_much_is_not_held_up(program: Callable[[str], Start]) -> None:
    source = "import sys\nsys.stderr.write('x' * 500_000 + '\\n')\nprint('done', flush=True)"
    with program(source)() as kid:
        assert kid.receive.readline() == b"done\n"
        assert kid.process.wait(LIMIT_S) == 0


def test_a_child_that_is_over_can_be_ended_again(program: Callable[[str], Start]) -> None:
    with program("")() as kid:
        assert kid.process.wait(LIMIT_S) == 0
        kid.end()
    assert kid.process.returncode == 0


# ── the child's side ────────────────────────────────────────────────────────────────────────────

BECOME = """
import os, sys
from interviewkit.processes import become_child
before = os.nice(0)
from_parent, to_parent = become_child({limits})
def say(*what):
    to_parent.write(" ".join(map(str, what)).encode() + b"\\n")
    to_parent.flush()
{after}
"""


def test_what_a_library_prints_does_not_reach_the_parent(program: Callable[[str], Start]) -> None:
    after = "print('printed'); os.write(1, b'written\\n'); sys.stdout.flush(); say('answer')"
    with program(BECOME.format(limits="", after=after))() as kid:
        assert kid.receive.read() == b"answer\n"
        assert sorted(kid.complaints.splitlines()) == ["printed", "written"]


def test_a_child_hears_its_parent_and_lets_others_go_first(program: Callable[[str], Start]) -> None:
    after = "say(from_parent.readline().decode().strip(), os.nice(0) - before)"
    with program(BECOME.format(limits="", after=after))() as kid:
        kid.send.write(b"hello\n")
        kid.send.flush()
        assert kid.receive.readline() == b"hello 10\n"


def test_memory_is_limited(program: Callable[[str], Start]) -> None:
    after = """
try:
    len(bytearray(2 * 1024**3))
except MemoryError:
    say("refused")
"""
    with program(BECOME.format(limits="memory_bytes=1024**3", after=after))() as kid:
        assert kid.receive.read() == b"refused\n"


def test_processor_time_is_limited(program: Callable[[str], Start]) -> None:
    with program(BECOME.format(limits="cpu_s=1", after="while True: pass"))() as kid:
        assert kid.process.wait(LIMIT_S) in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "kid.py").write_text(
        BECOME.format(limits="", after="say('up')\nimport signal; signal.pause()")
    )
    source = """
import sys
from interviewkit.processes import child
with child("kid") as kid:
    kid.receive.readline()
    print(kid.process.pid, flush=True)
    sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
    )
    assert parent.stdout is not None
    with parent, watched(int(parent.stdout.readline())) as watch:
        parent.kill()
        assert ends(watch)


# ── standing still ──────────────────────────────────────────────────────────────────────────────

PARENT = """
import sys, time
from interviewkit import processes
with processes.child("kid") as kid:
    assert kid.receive.readline() == b"here\\n"
    kid.pause()
    print(kid.process.pid, flush=True)
    time.sleep(600)
"""


def stands_still(pid: int) -> bool:
    """Whether a process is stopped, as soon as the system has got round to it."""
    until_s = time.monotonic() + LIMIT_S
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        if time.monotonic() > until_s:
            return False
        time.sleep(0.005)
    return True


def test_a_child_stands_still_and_goes_on(program: Callable[[str], Start]) -> None:
    with program(ECHO)("", GREETING="here") as kid:
        assert kid.receive.readline() == b"here\n"
        kid.pause()
        kid.pause()
        assert stands_still(kid.process.pid)
        kid.send.write(b"once more\n")
        kid.send.flush()
        assert not select.select([kid.receive], [], [], 0.2)[0]
        kid.resume()
        kid.resume()
        assert kid.receive.readline() == b"ONCE MORE\n"


def test_a_child_that_stands_still_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "kid.py").write_text("import sys\nprint('here', flush=True)\nsys.stdin.read()")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        with watched(pid) as watch:
            assert stands_still(pid)
            parent.kill()
            assert ends(watch)


def test_a_child_that_is_over_can_not_stand_still(program: Callable[[str], Start]) -> None:
    with program("")() as kid:
        assert kid.process.wait(LIMIT_S) == 0
        kid.pause()
        assert kid._guard is None


def test_a_child_has_no_passphrase(program: Callable[[str], Start], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_PASSPHRASE", "four words of mine")
    monkeypatch.setenv("INTERVIEWKIT_PASSPHRASE_FILE", "/there")
    source = "import os\nprint([name for name in os.environ if 'PASSPHRASE' in name], flush=True)"
    with program(source)() as kid:
        assert kid.process.stdout is not None
        assert kid.process.stdout.readline() == b"[]\n"
