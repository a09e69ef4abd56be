"""The lab over HTTP: the answers of its models, and what it refuses."""

import asyncio
import concurrent.futures
import contextlib
import json
import signal
import socket
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

import keraslm
from keraslm.answers.learning import Learning
from keraslm.errors import UsageError
from keraslm.lab.app import Lab, Question, app
from keraslm.lab.hosts import address_of, hosts_of, reached
from keraslm.lab.opening import run_lab
from keraslm.lab.requests import BODY, PROMPT, parsed
from keraslm.lab.scenes import SHIPPED, VIEWS, read_scenes
from keraslm.lab.serving import listen
from keraslm.lab.shelf import Shelf
from keraslm.lab.writing import Writer
from keraslm.sampling.sampler import Sampler
from tests.lab.conftest import Client


def test_the_next_tokens_are_those_of_the_models(lab, files):
    keys = list(lab.models.values())
    answer = lab.ask("/next", models=keys, text="the dog")
    words, letters = answer["groups"]  # models of one vocabulary stand together
    assert words["models"] == keys[:2]
    assert letters["models"] == keys[2:]
    for group, names in ((words, ("counts", "gru")), (letters, ("lstm",))):
        ids = [token["id"] for token in group["tokens"]]
        for name, column in zip(names, group["columns"], strict=True):
            model = keraslm.load(files / f"{name}.keras")
            p = model.next_token_probabilities("the dog")
            np.testing.assert_allclose(column["p"], p[ids], rtol=1e-6)
            assert sum(column["p"]) + column["others"] == pytest.approx(1)


def test_what_is_written_is_what_the_model_writes(lab, files):
    for name in ("counts", "gru", "lstm"):
        key = next(k for given, k in lab.models.items() if name in given)
        asked = {"model": key, "text": "the dog", "length": 30, "seed": 3}
        asked |= {"temperature": 0.7, "top_k": 5}
        status, body = lab.post("/write", asked)
        assert status == 200
        pieces = [json.loads(line)["piece"] for line in body.splitlines()]
        how = {"length": 30, "seed": 3, "temperature": 0.7, "top_k": 5}
        model = keraslm.load(files / f"{name}.keras")
        assert "".join(pieces) == "".join(model.generate("the dog", **how))


def test_many_texts_are_written_at_once_and_none_waits_for_another(lab):
    key = next(k for given, k in lab.models.items() if "gru" in given)

    def write(seed):
        asked = {"model": key, "text": "the", "length": 200, "seed": seed}
        status, body = lab.post("/write", asked)
        assert status == 200
        return len(body.splitlines())

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        assert list(pool.map(write, range(20))) == [200] * 20


def test_a_reader_that_goes_away_ends_its_text(lab):
    key = next(k for given, k in lab.models.items() if "gru" in given)
    asked = json.dumps({"model": key, "text": "the", "length": 2000})
    for _ in range(70):  # more than may be written at once
        with socket.create_connection(("127.0.0.1", lab.port), 5) as gone:
            head = (
                f"POST /write HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n"
                f"Origin: http://127.0.0.1:{lab.port}\r\n"
                "Content-Type: application/json\r\n"
                f"Content-Length: {len(asked)}\r\n\r\n"
            )
            gone.sendall((head + asked).encode())
            gone.recv(200)
    time.sleep(0.5)
    status, body = lab.post("/write", {"model": key, "text": "the", "length": 5})
    assert (status, len(body.splitlines())) == (200, 5)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (b"{", "no JSON"),
        (b'{"text": NaN}', "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 5000 + b"]" * 5000, "too deep"),
        (b'"a"', "no JSON object"),
        ({"models": []}, "a list of 1 to 5 models"),
        ({"models": ["x"], "text": 3}, "a text of up to 4,000 characters"),
        ({"models": ["x"], "text": "a" * (PROMPT + 1)}, "a text of up to 4,000"),
        ({"models": ["x"], "text": "\ud800"}, "a text of up to"),
        ({"models": ["nothing"]}, "no model 'nothing'"),
        ({"models": ["x"], "temperature": -1}, "a number from 0 to 100"),
        ({"models": ["x"], "temperature": True}, "a number from 0 to 100"),
        ({"models": ["x"], "top_p": 0}, "a number above 0"),
        ({"models": ["x"], "else": 1}, "unknown field 'else'"),
    ],
)
def test_a_request_that_is_wrong_gets_one_line(lab, question, said):
    status, answer = lab.post("/next", question)
    error = json.loads(answer)["error"]
    assert (status, "\n" in error) == (400, False)
    assert said in error


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Length": str(BODY + 1)}, 413),
    ],
)
def test_only_the_page_itself_may_ask(lab, headers, status):
    question = {"models": list(lab.models.values()), "text": ""}
    assert lab.post("/next", question, **headers)[0] == status


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET http://evil.example/about HTTP/1.1\r\n{host}", 404),
        ("GET http://127.0.0.1/about HTTP/1.1\r\nHost: evil.example\r\n", 421),
        ("GET /about HTTP/1.1\r\n{host}Host: evil.example\r\n", 400),
        ("GET /about HTTP/1.1\r\n", 400),
        ("GET /about HTTP/1.0\r\n", 421),
        ("GET /about HTTP/1.1\r\nHost: LOCALHOST:{port}\r\n", 200),
        ("GET /about HTTP/1.1\r\nHost: 127.0.0.1\xe9\r\n", 421),
        ("HEAD / HTTP/1.1\r\n{host}", 200),
        ("PUT /next HTTP/1.1\r\n{host}", 405),
        ("TRACE / HTTP/1.1\r\n{host}", 405),
        ("OPTIONS * HTTP/1.1\r\n{host}", 405),
        ("GET /page/%00 HTTP/1.1\r\n{host}", 404),
        ("GET /page//etc/passwd HTTP/1.1\r\n{host}", 404),
        ("GET /about HTTP/1.1\r\n{host}Upgrade: websocket\r\n", 200),
        ("GET /" + "a" * 200_000 + " HTTP/1.1\r\n{host}", 400),
        ("POST /next HTTP/1.1\r\n{host}Origin: http://evil.example\r\n{ours}", 403),
        ("POST /next HTTP/1.1\r\n{host}{ours}Content-Length: 5000000\r\n", 413),
        ("POST /next HTTP/1.1\r\n{host}{ours}Content-Length: -2\r\n", 400),
        (
            "POST /next HTTP/1.1\r\n{host}{ours}Content-Length: 2\r\n"
            "Content-Length: 5\r\n",
            400,
        ),
    ],
)
def test_a_rude_request_is_refused_with_its_status(lab, head, status):
    host = f"Host: 127.0.0.1:{lab.port}\r\n"
    ours = "".join(f"{name}: {value}\r\n" for name, value in lab.ours.items())
    sent = head.format(host=host, ours=ours, port=lab.port) + "\r\n"
    with socket.create_connection(("127.0.0.1", lab.port), 5) as rude:
        with contextlib.suppress(OSError):  # it may be refused before it is all sent
            rude.sendall(sent.encode("latin-1"))
        assert rude.recv(12) == f"HTTP/1.1 {status}"[:12].encode()


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1" + "0" * 400, "1" + "0" * 6000, "[1]", "-0.1"]
)
def test_numbers_without_end_are_refused(lab, number):
    question = f'{{"models": ["x"], "temperature": {number}}}'
    assert lab.post("/next", question.encode())[0] == 400


def test_a_body_in_chunks_has_the_same_limit(lab):
    headers = {
        "Content-Type": "application/json",
        "Origin": f"http://127.0.0.1:{lab.port}",
        "Transfer-Encoding": "chunked",
    }
    chunks = iter([b"a" * 1000] * (BODY // 1000 + 2))
    with lab.connected() as connection:
        connection.request("POST", "/next", chunks, headers, encode_chunked=True)
        assert connection.getresponse().status == 413


def test_every_answer_forbids_what_comes_from_outside(lab):
    for path in ("/", "/page/main.js", "/about", "/nothing"):
        _, headers, _ = lab.send("GET", path)
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "require-trusted-types-for 'script'" in policy
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/page/../app.py", "/page/%2e%2e/app.py", "/page/x.js"]
)
def test_only_the_page_s_own_files_are_given(lab, path):
    assert lab.send("GET", path)[0] == 404


@pytest.mark.long
def test_half_a_request_is_not_waited_for(lab):
    with contextlib.ExitStack() as stack:
        there = ("127.0.0.1", lab.port)
        half = [socket.create_connection(there, 20) for _ in range(200)]
        for each in half:
            stack.enter_context(each)
            each.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert lab.send("GET", "/")[0] == 200
        start = time.perf_counter()
        assert [each.recv(1) for each in half] == [b""] * 200
        assert time.perf_counter() - start > 8  # and each waits 20 s at most


def test_with_a_password_every_request_has_it(serve):
    address = serve("counts.keras", "--password", "a b")
    port = int(address.rstrip("/").rpartition(":")[2])
    for given, status in (("", 401), ("bGFiOmE=", 401), ("bGFiOmEgYg==", 200)):
        headers = {"Authorization": f"Basic {given}"} if given else {}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/about", headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                assert answer.status == status
        except urllib.error.HTTPError as error:
            with error:
                assert error.code == status


def test_a_password_may_have_any_letters(serve):
    password = "g\u00e9h\u4e2d"
    lab = Client(serve("counts.keras", "--password", password), password)
    assert len(lab.models) == 1


def test_a_lab_for_others_has_the_names_that_they_type():
    every = hosts_of("0.0.0.0", 8321)
    assert {"127.0.0.1:8321", f"{socket.gethostname().lower()}:8321"} <= every
    assert hosts_of("lab.example", 80) == {"lab.example:80", "lab.example"}
    assert hosts_of("::1", 8321) >= {"[::1]:8321", "localhost:8321"}
    assert reached({"server": ("::ffff:10.0.0.7", 8321)}) == {"10.0.0.7:8321"}
    assert address_of("::1", 80) == "http://[::1]:80/"
    assert not address_of("0.0.0.0", 80).startswith("http://0")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_while_texts_are_written(start, number):
    process, address = start("gru.keras")
    lab = Client(address)
    asked = {"model": lab.models.popitem()[1], "length": 2000}
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            connection = stack.enter_context(lab.connected())
            lab.begin(connection, "/write", asked)
        process.send_signal(number)
        out, err = process.communicate(timeout=5)
    assert (out, err) == ("", "")
    assert process.returncode == (0 if number == signal.SIGINT else -number)


def test_a_text_that_cannot_go_on_says_so_and_ends_alone():
    truth = keraslm.load("truth:village")
    writer = Writer(truth.vocabulary.unknown_id)

    async def write(text):
        stream = truth.stream()
        stream.extend(truth.encoder.encode_prompt(text))
        return [token async for token in writer.write(stream, Sampler(seed=1), 40)]

    async def both():
        texts = (write("the"), write("the the"))
        return await asyncio.gather(*texts, return_exceptions=True)

    good, bad = asyncio.run(both())
    assert len(good) == 40
    assert "cannot follow" in str(bad)
    writer.close()


def test_a_model_has_one_writer_however_often_it_writes(files):
    lab = Lab(Shelf([str(files / "counts.keras")]), [])
    key = next(iter(lab.shelf.shown))
    asked = {"model": key, "text": "the", "length": 3, "temperature": 1.0, "seed": 0}
    asked |= dict.fromkeys(("top_k", "top_p", "min_p"))

    async def write():
        return [line async for line in lab.write(asked)]

    def writers():
        return {t for t in threading.enumerate() if t.name == "keraslm-writer"}

    before = writers()  # those of other tests may end meanwhile
    for _ in range(5):
        assert len(asyncio.run(write())) == 3
    assert len(writers() - before) == 1


def test_a_mixture_is_shown_beside_its_parts(files):
    counts, gru = str(files / "counts.keras"), str(files / "gru.keras")
    mixed = f"mix:{counts}=0.25,{gru}=0.75"
    shelf = Shelf([counts, gru, mixed, f"mix:{counts},{gru}"])
    assert len(shelf.shown) == 4  # other weights, another key
    described = {told["given"]: told for told in shelf.told()}
    assert described[counts]["reach"] == 2
    assert described[mixed]["reach"] is None
    asked = {"models": list(shelf.shown)[:3], "text": "the", "temperature": 1.0}
    asked |= {"seed": 0, **dict.fromkeys(("top_k", "top_p", "min_p"))}
    (group,) = Lab(shelf, []).next(asked)["groups"]
    p, q, both = (np.array(column["p"]) for column in group["columns"])
    np.testing.assert_allclose(both, p / 4 + 3 * q / 4)


def test_a_fault_is_one_line_to_the_page_and_more_to_the_terminal(files, capsys):
    lab = app(Shelf([str(files / "counts.keras")]), [], hosts_of("x", 80), None)
    sent = []

    async def send(message):
        sent.append(message)

    async def fail(*_):
        raise OSError("/secret/path")

    lab.app.router.routes[0].app = fail
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"x")]}
    with contextlib.suppress(OSError):  # Starlette raises it again, for the server
        asyncio.run(lab(scope, fail, send))
    assert sent[0]["status"] == 500
    assert b"its terminal says more" in sent[1]["body"]
    assert b"secret" not in sent[1]["body"]
    assert "/secret/path" in capsys.readouterr().err


def test_a_question_that_was_given_up_is_not_begun():
    answered = []

    class Given:
        def __init__(self, is_up):
            self.is_up = is_up

        async def body(self):
            return b"{}"

        async def is_disconnected(self):
            return self.is_up

    question = Question("next", lambda asked: answered.append(asked) or {}, ("text",))

    async def both():
        await asyncio.gather(*[question.answer(Given(up)) for up in (False, True)])

    asyncio.run(both())
    assert answered == [{"text": ""}]


def test_others_may_look_only_with_a_password(files):
    with pytest.raises(UsageError, match="can be reached by others; give a `password`"):
        run_lab([str(files / "counts.keras")], host="0.0.0.0", port=0)


def test_a_port_that_is_taken_is_told(files, lab):
    with pytest.raises(
        UsageError, match=f"cannot listen on 127.0.0.1, port {lab.port}"
    ):
        run_lab([str(files / "counts.keras")], port=lab.port)


def test_small_pieces_are_sent_at_once():
    with listen("127.0.0.1", 0) as opened:
        assert opened.proto == socket.IPPROTO_TCP  # which asyncio asks before it does
        with pytest.raises(UsageError, match="cannot listen"):
            listen("127.0.0.1", opened.getsockname()[1])


def test_scenes_are_read_and_their_faults_are_told(tmp_path):
    path = tmp_path / "scenes.toml"
    path.write_text('[[scene]]\ncaption = "One"\nview = "pair"\ntop_k = 3\n')
    assert read_scenes(path)[0].state == {"caption": "One", "view": "pair", "top_k": 3}
    for text, said in (
        ("", "has no scenes"),
        ("[[scene", "no TOML"),
        ("[[scene]]\nview = 'next'", "scene 1 of .* needs a caption"),
        ("[[scene]]\ncaption = 'a'\nview = 'all'", "view must be one of next"),
        ("[[scene]]\ncaption = 'a'\nseed = 'b'", "seed must be a number"),
        ("[[scene]]\ncaption = 'a'\nwho = 1", "unknown entry 'who'"),
    ):
        path.write_text(text)
        with pytest.raises(UsageError, match=said):
            read_scenes(path)
    with pytest.raises(UsageError, match="No such file"):
        read_scenes(tmp_path / "none.toml")


def test_the_tour_walks_through_every_view_that_is_there(files, tmp_path):
    scenes, shelf = read_scenes("village"), Shelf([str(files / "counts.keras")])
    views = [scene.state["view"] for scene in scenes]
    assert {*views} == {*VIEWS}
    for scene in scenes:
        assert len(scene.state["caption"]) < 130  # two lines on a projector
    shown = Lab(shelf, scenes).about()["scenes"]
    assert [s["view"] for s in shown] == [v for v in views if v != "learning"]
    watched = Lab(shelf, scenes, Learning(tmp_path / "run")).about()["scenes"]
    assert [s["view"] for s in watched] == views


@pytest.mark.parametrize("name", SHIPPED)
def test_the_scenes_that_come_with_it_are_read(name):
    scenes = read_scenes(name)
    assert len(scenes) > 4
    assert {"inside", "pair"} <= {scene.state["view"] for scene in scenes}


def test_a_field_that_is_missing_has_its_default():
    asked = parsed(b'{"model": "x"}', ("model", "text", "length", "top_k", "seed"))
    assert asked == {"model": "x", "text": "", "length": 100, "top_k": None, "seed": 0}
    with pytest.raises(UsageError, match="model must be a model"):
        parsed(b"{}", ("model",))


def test_without_a_run_to_watch_the_view_is_not_there(lab):
    assert lab.get("/about")["watch"] is None
    status, answer = lab.post("/learning", {})
    assert (status, b"no run is watched" in answer) == (400, True)
